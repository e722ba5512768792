import type { FileHandle } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import type { BlockNode } from "./block.js";
import { tryLock } from "./lock.js";
import { openDevice } from "./open-device.js";

/** udev holds its shared lock only while it probes. */
const PATIENCE_MS = 5000;
const PAUSE_MS = 50;

interface Held {
  /** Undefined where another program keeps the lock. */
  readonly handle: Promise<FileHandle | undefined>;
  users: number;
}

/** A disk's lock in use; `release` once. */
export interface DiskLock {
  /** The descriptor that carries the lock: a tool that inherits it keeps the disk locked until it ends. */
  readonly fd: number;
  release(): Promise<void>;
}

/**
 * The advisory locks by which udev and others keep their hands off a disk (`flock` on the whole disk's node):
 * one for each disk, shared by the writes that this process does on its partitions.
 */
export class DiskLocks {
  private readonly held = new Map<string, Held>();

  constructor(private readonly patienceMs: number = PATIENCE_MS) {}

  /** Takes a disk's lock; undefined where another program keeps it. */
  async take(disk: BlockNode): Promise<DiskLock | undefined> {
    const key = `${disk.name}#${disk.diskseq ?? ""}`;
    const held = this.held.get(key) ?? { handle: this.lock(disk), users: 0 };
    this.held.set(key, held);
    // Counted before anything is waited for, or the last user before us would close it.
    held.users += 1;
    const handle = await held.handle.catch(async (error: unknown) => {
      await this.release(key, held);
      throw error;
    });
    if (!handle) {
      await this.release(key, held);
      return undefined;
    }
    return { fd: handle.fd, release: () => this.release(key, held) };
  }

  private async release(key: string, held: Held): Promise<void> {
    held.users -= 1;
    if (held.users > 0) return;
    this.held.delete(key);
    const handle = await held.handle.catch(() => undefined);
    await handle?.close();
  }

  private async lock(disk: BlockNode): Promise<FileHandle | undefined> {
    const handle = await openDevice(disk);
    if (handle === "busy") return undefined;
    const until = performance.now() + this.patienceMs;
    try {
      while (!tryLock(handle.fd)) {
        if (performance.now() > until) {
          await handle.close();
          return undefined;
        }
        await wait(PAUSE_MS);
      }
      return handle;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }
}
