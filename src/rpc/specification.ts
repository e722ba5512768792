import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** `openrpc.json` as it is on disk, and what the daemon says about itself from it. */
export interface Specification {
  readonly bytes: Uint8Array;
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
}

/** Reads the specification from the package's root, wherever below it this code was built to. */
export function readSpecification(): Specification {
  const bytes = readFileSync(join(packageRoot(), "openrpc.json"));
  const document: unknown = JSON.parse(bytes.toString("utf8"));
  const info = member(document, "info");
  return {
    bytes,
    info: { title: text(info, "title"), version: text(info, "version"), description: text(info, "description") },
  };
}

function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "openrpc.json"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error("openrpc.json is missing from the package");
    folder = parent;
  }
  return folder;
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function text(value: unknown, name: string): string {
  const found = member(value, name);
  return typeof found === "string" ? found : "";
}
