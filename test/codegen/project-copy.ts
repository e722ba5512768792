import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const COPIED = [
  "codegen",
  "docs/interface",
  "generated",
  "sdk",
  "src",
  "openrpc.json",
  "package.json",
  "tsconfig.json",
];

type Document = Record<string, unknown>;

/** A copy of the project in a temporary folder, in which commands can run and break things. */
export class ProjectCopy {
  readonly folder = mkdtempSync(join(tmpdir(), "mos-t-codegen-"));

  constructor() {
    for (const name of COPIED) cpSync(join(ROOT, name), this.path(name), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), this.path("node_modules"));
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  read(name: string): string {
    return readFileSync(this.path(name), "utf8");
  }

  write(name: string, text: string): void {
    writeFileSync(this.path(name), text);
  }

  /** Rewrites the specification; the edit gets the parsed document. */
  editSpec(edit: (document: Document) => void): void {
    const document: Document = JSON.parse(readFileSync(join(ROOT, "openrpc.json"), "utf8"));
    edit(document);
    this.write("openrpc.json", JSON.stringify(document));
  }

  run(command: string, ...args: readonly string[]): SpawnSyncReturns<string> {
    return spawnSync(command, args, { cwd: this.folder, encoding: "utf8" });
  }

  npm(script: string): SpawnSyncReturns<string> {
    // npm comes with the Node that runs the test; another one might be first on the PATH.
    const PATH = `${dirname(process.execPath)}:${process.env.PATH}`;
    return spawnSync("npm", ["run", "--silent", script], {
      cwd: this.folder,
      encoding: "utf8",
      env: { ...process.env, PATH },
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
