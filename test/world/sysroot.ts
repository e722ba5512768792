import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A recorded machine: file contents, folders that are empty, and symbolic links, by absolute path. */
export interface RecordedMachine {
  readonly files: Readonly<Record<string, string>>;
  readonly folders?: readonly string[];
  readonly links: Readonly<Record<string, string>>;
}

/** Lays a recorded machine out in a folder of its own, for `--sysroot`. */
export class Sysroot {
  readonly folder = mkdtempSync(join(tmpdir(), "mos-t-"));

  constructor({ files, folders = [], links }: RecordedMachine) {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(this.at(path)), { recursive: true });
      writeFileSync(this.at(path), text, "latin1");
    }
    for (const path of folders) mkdirSync(this.at(path), { recursive: true });
    for (const [path, target] of Object.entries(links)) {
      mkdirSync(dirname(this.at(path)), { recursive: true });
      symlinkSync(target, this.at(path));
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private at(path: string): string {
    return join(this.folder, path);
  }
}
