import { join } from "node:path";
import { type BootIdentity, sameBoot } from "./boot.js";
import { type Found, readRegistryFile, writeRegistryFile } from "./registry-file.js";

/** The state files; each is `<name>.json` in the state folder. */
export type RegistryName = "mounts" | "taps" | "firewall" | "dnat" | "snat" | "bridges" | "routes";

/** What is wrong with a registry's file. */
export interface RegistryTrouble {
  readonly file: string;
  readonly reason: string;
  /** When it was noticed, ISO 8601. */
  readonly since: string;
}

/** The registry takes no entries; what is managed cannot be remembered. */
export class RegistryUnusable extends Error {
  override readonly name = "RegistryUnusable";

  constructor(
    readonly file: string,
    readonly reason: string,
  ) {
    super(`state file ${file} cannot be written: ${reason}`);
  }
}

export interface RegistryOptions<E> {
  /** The state folder. */
  readonly folder: string;
  readonly name: RegistryName;
  /** The boot that the daemon runs in. */
  readonly boot: BootIdentity;
  /** Whether a value from the file is an entry; a file with one that is none is corrupt. */
  readonly isEntry: (value: unknown) => value is E;
}

/**
 * What the daemon owns of one kind and makes again after a restart, by id, kept in a file that is never half written.
 *
 * An entry stands here before its object is made and until after it is deleted, so that a registry never misses what the
 * kernel holds: whatever moment the process ends in, the next start makes the object again or finds it there.
 */
export class Registry<E> {
  readonly file: string;
  /** What was wrong with the file at start. */
  readonly trouble: RegistryTrouble | undefined;
  /** Whether the file was last written in the boot that runs; true where there was none. */
  readonly isOfThisBoot: boolean;
  private known: ReadonlyMap<string, E>;
  private readonly found: Found<E>["state"];
  private readonly boot: BootIdentity;
  private lastWrite: Promise<unknown> = Promise.resolve();

  /** Reads the file; a corrupt one is put aside, one of a newer version stays untouched and every write is refused. */
  constructor({ folder, name, boot, isEntry }: RegistryOptions<E>) {
    this.file = join(folder, `${name}.json`);
    this.boot = boot;
    const found = readRegistryFile(this.file, isEntry);
    this.found = found.state;
    this.known = found.state === "good" ? found.entries : new Map();
    this.isOfThisBoot = found.state !== "good" || sameBoot(found.boot, boot);
    this.trouble = troubleOf(this.file, found);
  }

  get(id: string): E | undefined {
    return this.known.get(id);
  }

  /** All entries by id, as they are now; later changes do not show in it. */
  get entries(): ReadonlyMap<string, E> {
    return this.known;
  }

  /** Enters or replaces an entry; resolves when that is on the disk. Throws `RegistryUnusable`, and nothing has changed. */
  put(id: string, entry: E): Promise<void> {
    return this.change((entries) => entries.set(id, entry));
  }

  /** Takes an entry out; resolves when that is on the disk. Throws `RegistryUnusable`, and nothing has changed. */
  remove(id: string): Promise<void> {
    return this.change((entries) => entries.delete(id));
  }

  /** Brings the entry to what it was: what an undo wants that may find it entered or not. */
  restore(id: string, entry: E | undefined): Promise<void> {
    return entry === undefined ? this.remove(id) : this.put(id, entry);
  }

  /** Writes the file again, so that it belongs to the boot that runs: after everything in it was made again. */
  adopt(): Promise<void> {
    return this.change(() => {});
  }

  private change(edit: (entries: Map<string, E>) => unknown): Promise<void> {
    const turn = this.lastWrite.then(async () => {
      if (this.found === "refused") throw new RegistryUnusable(this.file, this.trouble?.reason ?? "it was refused");
      const next = new Map(this.known);
      edit(next);
      await writeRegistryFile(this.file, this.boot, next).catch((error: unknown) => {
        throw new RegistryUnusable(this.file, error instanceof Error ? error.message : String(error));
      });
      this.known = next;
    });
    this.lastWrite = turn.catch(() => {});
    return turn;
  }
}

function troubleOf(file: string, found: Found<unknown>): RegistryTrouble | undefined {
  const since = new Date().toISOString();
  if (found.state === "refused") return { file, since, reason: `${found.reason}; it was left untouched` };
  if (found.state === "corrupt")
    return { file, since, reason: `${found.reason}; it was put aside as ${found.setAside}` };
  return undefined;
}
