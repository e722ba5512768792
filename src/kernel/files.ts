import { constants } from "node:fs";
import { lstat, open, readdir, readFile, readlink } from "node:fs/promises";
import { join, posix } from "node:path";

/** What the kernel says of a thing that is not there, is just vanishing, or has no value now (sysfs: EINVAL, ENODEV, ENXIO). */
const ABSENT: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "ENODEV", "ENXIO", "ESRCH", "EINVAL", "ELOOP"]);

/** The kernel follows at most 40 symbolic links in one path (`path_resolution(7)`); so do we beneath a root. */
const MAX_LINKS = 40;

/** Whether an error means "there is nothing to read here" rather than a failure. */
export const isAbsent = (error: unknown): boolean =>
  error instanceof Error && "code" in error && typeof error.code === "string" && ABSENT.has(error.code);

/** Whether an error means that the daemon's user may not look. */
export const isForbidden = (error: unknown): error is Error =>
  error instanceof Error && "code" in error && (error.code === "EACCES" || error.code === "EPERM");

const isFolder = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "EISDIR";

/** A recorded machine lacks a file that every running one has. */
export class NotRecorded extends Error {
  override readonly name = "NotRecorded";
  readonly code = "ENOENT";

  constructor(readonly path: string) {
    super(`the recorded machine has no ${path}`);
  }
}

const absentAs = <T>(value: T) => {
  return (error: unknown): T => {
    if (isAbsent(error)) return value;
    throw error;
  };
};

const tooManyLinks = (path: string): Error =>
  Object.assign(new Error(`ELOOP: too many symbolic links, '${path}'`), { code: "ELOOP" });

/**
 * Reads of `/proc`, `/sys`, `/etc`, `/run` and `/dev`, all beneath one root.
 * Paths are the machine's own absolute ones (`/etc/resolv.conf`); with another root than `/` every symbolic link,
 * absolute ones and `..` included, stays beneath it.
 */
export class Files {
  /** True where the root is this machine's own, so that netlink and statfs speak of the same machine. */
  readonly live: boolean;

  constructor(readonly root: string = "/") {
    this.live = posix.resolve(root) === "/";
  }

  /** A file's whole text as UTF-8 (ill-formed bytes become U+FFFD). Rejects with Node's system error. */
  async read(path: string): Promise<string> {
    return (await this.bytes(path)).toString("utf8");
  }

  /** A file's whole content. Opened without blocking, so that a FIFO in its place answers nothing instead of hanging. */
  async bytes(path: string): Promise<Buffer> {
    try {
      return await readFile(await this.place(path), { flag: constants.O_RDONLY | constants.O_NONBLOCK });
    } catch (error) {
      throw this.live || !isAbsent(error) ? error : new NotRecorded(path);
    }
  }

  /** A file's whole text, or undefined where there is none (or a sysfs attribute has no value). */
  async readIfThere(path: string): Promise<string | undefined> {
    return this.read(path).catch(absentAs(undefined));
  }

  /**
   * The first bytes of a file as text, however large it is (or endless, as a device); undefined where there is none,
   * or a folder in its place, as a container's failed bind mount leaves it.
   */
  async headIfThere(path: string, maxBytes: number): Promise<string | undefined> {
    return this.head(path, maxBytes).catch((error: unknown) => {
      if (isAbsent(error) || isFolder(error)) return undefined;
      throw error;
    });
  }

  private async head(path: string, maxBytes: number): Promise<string> {
    const file = await open(await this.place(path), constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const bytes = Buffer.alloc(maxBytes);
      const { bytesRead } = await file.read(bytes, 0, maxBytes, null);
      return bytes.toString("utf8", 0, bytesRead);
    } finally {
      await file.close();
    }
  }

  /** The names in a folder, sorted by code unit. Rejects with Node's system error. */
  async list(path: string): Promise<string[]> {
    return (await readdir(await this.place(path))).sort();
  }

  /** The names in a folder, or none where there is no such folder. */
  async listIfThere(path: string): Promise<string[]> {
    return this.list(path).catch(absentAs([]));
  }

  /** The target of a symbolic link as it is written, or undefined where the path is none. */
  async link(path: string): Promise<string | undefined> {
    const parent = await this.place(posix.dirname(path)).catch(absentAs(undefined));
    return parent === undefined ? undefined : readlink(join(parent, posix.basename(path))).catch(absentAs(undefined));
  }

  /** The path with every symbolic link followed, as seen from the root; undefined where it leads nowhere. */
  async resolve(path: string): Promise<string | undefined> {
    const seen = await this.follow(path).catch(absentAs(undefined));
    return seen === undefined ? undefined : lstat(join(this.root, seen)).then(() => seen, absentAs(undefined));
  }

  /**
   * Where a symbolic link leads in the end, whether anything is there or not; undefined where the path is no link,
   * or one that leads in a circle.
   */
  async target(path: string): Promise<string | undefined> {
    return (await this.link(path)) === undefined ? undefined : this.follow(path).catch(absentAs(undefined));
  }

  /** Whether the path, links followed, leads to anything. */
  async exists(path: string): Promise<boolean> {
    return (await this.resolve(path)) !== undefined;
  }

  /** The path on this machine at which the root's `path` is to be opened. */
  async place(path: string): Promise<string> {
    return this.live ? path : join(this.root, await this.follow(path));
  }

  /** Follows links component by component, since the kernel would leave the root on an absolute one. */
  private async follow(path: string): Promise<string> {
    const pending = path.split("/").reverse();
    const walked: string[] = [];
    let links = 0;
    for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
      if (part === "" || part === ".") continue;
      if (part === "..") {
        walked.pop();
        continue;
      }
      const target = await readlink(join(this.root, ...walked, part)).catch(absentAs(undefined));
      if (target === undefined) {
        walked.push(part);
        continue;
      }
      links += 1;
      if (links > MAX_LINKS) throw tooManyLinks(path);
      if (target.startsWith("/")) walked.length = 0;
      pending.push(...target.split("/").reverse());
    }
    return `/${walked.join("/")}`;
  }
}
