import { constants } from "node:fs";
import { chmod, type FileHandle, mkdir, open, readFile, readlink, rmdir } from "node:fs/promises";

/** Linux's `O_PATH`: a handle to a place in the tree, without opening what is there. Node has no name for it. */
const O_PATH = 0o10000000;

const { O_DIRECTORY, O_NOFOLLOW } = constants;

/**
 * A folder held by a handle. What is done through it happens in that very folder, whoever renames or replaces parts of
 * its path meanwhile. It keeps its mount busy until it is closed.
 */
export class Folder {
  private constructor(private readonly handle: FileHandle) {}

  /**
   * Opens the folder that a path without symbolic links names now. Undefined where the path leads elsewhere by now (a
   * component became a link); rejects with Node's system error where it is gone or no folder.
   */
  static async open(path: string | Buffer): Promise<Folder | undefined> {
    const folder = new Folder(await open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW));
    try {
      const place = await readlink(folder.path, "buffer");
      if (place.equals(Buffer.from(path))) return folder;
    } catch (error) {
      await folder.close();
      throw error;
    }
    await folder.close();
    return undefined;
  }

  /** A path by which this process's children reach the folder itself. */
  get path(): string {
    return `/proc/${process.pid}/fd/${this.handle.fd}`;
  }

  /** The mount that the folder lies on, as in mountinfo. */
  async mountId(): Promise<number> {
    const told = await readFile(`/proc/self/fdinfo/${this.handle.fd}`, "utf8");
    return Number(/^mnt_id:\s*([0-9]+)$/m.exec(told)?.[1] ?? Number.NaN);
  }

  /** Makes a folder in it, mode 0755 whatever the umask, and opens that. */
  async make(name: string): Promise<Folder> {
    const path = `${this.path}/${name}`;
    await mkdir(path, 0o755);
    let made: Folder | undefined;
    try {
      made = new Folder(await open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW));
      await chmod(made.path, 0o755);
      return made;
    } catch (error) {
      await made?.close();
      // What is not handed out, nobody else takes away again.
      await this.remove(name).catch(() => undefined);
      throw error;
    }
  }

  /** Removes an empty folder in it. */
  async remove(name: string): Promise<void> {
    await rmdir(`${this.path}/${name}`);
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}
