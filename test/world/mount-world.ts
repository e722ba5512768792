import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type {
  MountFilesystemResult,
  UnmountFilesystemResult,
  VolMountParams,
  VolUnmountParams,
} from "../../generated/types.gen.js";
import { LoopBench, type LoopDevice } from "./loop.js";
import { type Called, MountNamespace } from "./mount-namespace.js";
import { type Mishap, StorageDaemon } from "./storage-daemon.js";

/** Loop devices, and boots of a machine with one state folder: each boot is a mount namespace with an init of its own. */
export class MountWorld {
  readonly bench = new LoopBench();
  readonly stateDir = join(this.bench.folder, "state");
  private boots: MountNamespace[] = [];
  private daemon: StorageDaemon | undefined;

  constructor() {
    mkdirSync(this.stateDir, { mode: 0o700 });
  }

  /** A path inside the bench's folder. */
  at(name: string): string {
    return join(this.bench.folder, name);
  }

  ext4(label = "deep blue"): LoopDevice {
    const device = this.bench.attach({ sizeBytes: 16 << 20 });
    device.wreck("mkfs.ext4", ["-q", "-L", label]);
    return device;
  }

  /** A btrfs over some devices, and those. */
  btrfs(devices = 1, label = "MOSDATA"): LoopDevice[] {
    const members = Array.from({ length: devices }, () => this.bench.attach({ sizeBytes: 128 << 20 }));
    const profile = devices > 1 ? ["--data", "raid1", "--metadata", "raid1"] : [];
    const [first, ...others] = members;
    first?.wreck("mkfs.btrfs", ["--quiet", ...profile, "--label", label, ...others.map(({ path }) => path)]);
    return members;
  }

  /** Boots: everything that was mounted is gone, what the state folder holds is not. */
  async boot(): Promise<MountNamespace> {
    await this.kill();
    await this.now?.close();
    const namespace = await MountNamespace.open({ asInit: true });
    this.boots.push(namespace);
    return namespace;
  }

  /** The namespace of the boot that runs. */
  get now(): MountNamespace | undefined {
    return this.boots.at(-1);
  }

  /** Kills the daemon; the next question starts it again. */
  async kill(): Promise<void> {
    await this.daemon?.kill();
    this.daemon = undefined;
  }

  mount(params: VolMountParams): Promise<Called<MountFilesystemResult>> {
    return this.ask("vol.mount", params);
  }

  unmount(params: VolUnmountParams): Promise<Called<UnmountFilesystemResult>> {
    return this.ask("vol.unmount", params);
  }

  /** Asks a daemon of this boot. */
  async ask<T>(method: string, params: object = {}, mishap: Mishap = {}): Promise<Called<T>> {
    const called = await this.tell<T>(method, params, mishap);
    if (called === undefined) throw new Error(`${method}: the daemon ended`);
    return called;
  }

  /** The same; undefined where the daemon died of it. */
  async tell<T>(method: string, params: object = {}, mishap: Mishap = {}): Promise<Called<T> | undefined> {
    if (this.now === undefined) throw new Error("boot first");
    if (!this.daemon?.isAlive) this.daemon = StorageDaemon.start(this.stateDir, this.now.wrapper);
    return this.daemon.ask<T>(method, params, mishap);
  }

  /** What is mounted at a path inside the folder, topmost last: source and options. */
  mounted(name: string): string[] {
    const lines = this.now?.run("cat", ["/proc/self/mountinfo"]).toString("latin1").split("\n") ?? [];
    const target = this.at(name).replaceAll(" ", "\\040").replaceAll("\n", "\\012");
    return lines.filter((line) => line.split(" ")[4] === target).map((line) => line.slice(line.indexOf(" - ") + 3));
  }

  async close(): Promise<void> {
    await this.kill();
    for (const namespace of this.boots.splice(0)) await namespace.close();
    this.bench.close();
  }
}
