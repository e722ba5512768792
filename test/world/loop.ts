import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

/** Runs a tool and answers what it wrote; throws with its last words where it fails. */
export const toolBytes = (command: string, args: readonly string[] = [], input: string | Buffer = ""): Buffer =>
  execFileSync(command, args, {
    input,
    env: { ...process.env, LC_ALL: "C" },
    maxBuffer: 1 << 28,
    stdio: ["pipe", "pipe", "pipe"],
  });

/** The same as text. */
export const tool = (command: string, args?: readonly string[], input?: string): string =>
  toolBytes(command, args, input).toString("utf8");

/** Attaches a file to a free loop device. */
function attached(file: string, sectorSize: number): string {
  const path = tool("losetup", ["--find", "--show", "--sector-size", String(sectorSize), file]).trim();
  // A number that was used before may still have partitions and be read-only: the kernel keeps both past the detaching.
  tool("blockdev", ["--setrw", path]);
  quietly(() => tool("partx", ["--delete", path]));
  return path;
}

export interface LoopOptions {
  readonly sizeBytes: number;
  /** Logical sector size; default 512. */
  readonly sectorSize?: number;
}

/** A loop device over a file that the test made. */
export class LoopDevice {
  private constructor(
    private node: string,
    readonly file: string,
    private readonly sectorSize: number,
  ) {}

  get path(): string {
    return this.node;
  }

  get name(): string {
    return basename(this.node);
  }

  static attach(file: string, { sizeBytes, sectorSize = 512 }: LoopOptions): LoopDevice {
    writeFileSync(file, "");
    truncateSync(file, sizeBytes);
    return new LoopDevice(attached(file, sectorSize), file, sectorSize);
  }

  /** Takes the disk away, with what is on it. */
  takeAway(): void {
    tool("losetup", ["--detach", this.path]);
    patiently(() => !this.isAttached());
  }

  /** Brings it back, perhaps under another number. */
  bringBack(): void {
    this.node = attached(this.file, this.sectorSize);
  }

  /** The same disk under another number. */
  renumber(): void {
    const before = this.node;
    this.bringBack();
    tool("losetup", ["--detach", before]);
  }

  /** Runs a destructive tool on the device or one of its partitions, once it is certain whose device that is. */
  wreck(command: string, args: readonly string[], partition?: number): string {
    this.assertOurs();
    return tool(command, [...args, partition === undefined ? this.path : this.partition(partition)]);
  }

  /** Writes bytes onto the device at an offset, past its filesystem's back. */
  write(bytes: Buffer, offset: number): void {
    this.assertOurs();
    const spool = `${this.file}.bytes`;
    writeFileSync(spool, bytes);
    tool("dd", [
      `if=${spool}`,
      `of=${this.path}`,
      "bs=512",
      "conv=notrunc,fsync",
      "oflag=seek_bytes",
      `seek=${offset}`,
    ]);
    rmSync(spool);
  }

  /** Writes a partition table from an sfdisk script and gives the kernel its partitions: this one reads no tables itself. */
  partitionBy(script: string): void {
    this.assertOurs();
    tool("sfdisk", ["--quiet", "--no-reread", "--no-tell-kernel", "--wipe", "always", this.path], script);
    // `partx --update` forgets logical partitions behind a gap in the numbers.
    quietly(() => tool("partx", ["--delete", this.path]));
    tool("partx", ["--add", this.path]);
  }

  partition(number: number): string {
    return `${this.path}p${number}`;
  }

  detach(): void {
    quietly(() => tool("partx", ["--delete", this.path]));
    quietly(() => tool("losetup", ["--detach", this.path]));
    // Whoever probes it just now keeps it, and its file's filesystem, a moment longer.
    patiently(() => !this.isAttached());
    rmSync(this.file, { force: true });
  }

  private isAttached(): boolean {
    return readFileIfThere(`/sys/block/${this.name}/loop/backing_file`)?.startsWith(this.file) ?? false;
  }

  /** The kernel itself says which file lies behind the device: any other one is not ours to write on. */
  assertOurs(): void {
    const behind = readFileSync(`/sys/block/${this.name}/loop/backing_file`, "utf8").trimEnd();
    if (behind !== this.file || !behind.includes("/mos-t-"))
      throw new Error(`${this.path} is not this test's device: ${behind}`);
  }
}

/** Loop devices in a folder of their own; `close` unmounts, detaches and removes everything, whatever became of the test. */
export class LoopBench {
  readonly folder = mkdtempSync(join(tmpdir(), "mos-t-"));
  private readonly devices: LoopDevice[] = [];
  private readonly mounts: string[] = [];

  attach(options: LoopOptions): LoopDevice {
    const device = LoopDevice.attach(join(this.folder, `disk${this.devices.length}.img`), options);
    this.devices.push(device);
    return device;
  }

  get attached(): readonly LoopDevice[] {
    return this.devices;
  }

  /** The devices' paths, in the order of attaching. */
  devicePaths(): string[] {
    return this.devices.map(({ path }) => path);
  }

  /** Mounts inside the bench's own folder. */
  mount(source: string, name: string, args: readonly string[] = []): string {
    const target = join(this.folder, name);
    tool("mkdir", ["-p", target]);
    tool("mount", [...args, source, target]);
    this.mounts.push(target);
    return target;
  }

  close(): void {
    for (const target of this.mounts.splice(0).reverse()) patiently(() => unmounted(target));
    for (const device of this.devices.splice(0).reverse()) device.detach();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function unmounted(target: string): boolean {
  try {
    tool("umount", [target]);
    return true;
  } catch (error) {
    // Not mounted any more, or never: umount's other complaint is that it is busy.
    return !String(error).includes("busy");
  }
}

function readFileIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** Tries for five seconds; without a turn of the event loop, so that it works in every hook. */
function patiently(isDone: () => boolean): void {
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  for (let left = 100; left > 0 && !isDone(); left -= 1) Atomics.wait(sleeper, 0, 0, 50);
}

function quietly(step: () => void): void {
  try {
    step();
  } catch {
    // It may never have come into being.
  }
}
