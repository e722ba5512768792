import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const refused = [
  ["src/config", "../rpc/errors.js"],
  ["src/server", "../native/net/routes.js"],
  ["src/server", "../kernel/files.js"],
  ["src/rpc", "../server/http.js"],
  ["src/rpc", "../kernel/files.js"],
  ["src/native/net", "../vol/mounts.js"],
  ["src/native/vol", "../net/routes.js"],
  ["src/native/net", "../../rpc/dispatch.js"],
  ["src/native/net", "../../server/http.js"],
  ["src/native/net", "node:child_process"],
  ["src/native/vol", "execa"],
  ["src/rpc", "koffi"],
  ["src/proxy", "../native/native.js"],
  ["src/proxy", "../kernel/files.js"],
  ["src/state", "../rpc/errors.js"],
  ["src/kernel", "../rpc/errors.js"],
  ["src/kernel", "../../generated/types.gen.js"],
  ["src/ctl", "../kernel/files.js"],
  ["sdk", "../src/rpc/errors.js"],
  ["codegen", "../src/rpc/errors.js"],
] as const;

const allowed = [
  ["src/bin", "../native/native.js"],
  ["src/server", "../rpc/dispatch.js"],
  ["src/server", "../kernel/peer.js"],
  ["src/rpc", "../../generated/methods.gen.js"],
  ["src/native/net", "../../kernel/files.js"],
  ["src/native/net", "../../rpc/errors.js"],
  ["src/native/net", "./route-identity.js"],
  ["src/kernel", "node:child_process"],
  ["src/kernel", "koffi"],
  ["src/ctl", "../../sdk/index.js"],
] as const;

const root = join(import.meta.dirname, "../..");
const house = mkdtempSync(join(tmpdir(), "my-os-house-"));
let found: ReadonlyMap<string, readonly string[]>;

/** Every case is a file of its own, so that one run of the linter judges them all. */
const fileOf = (folder: string, target: string) => `${folder}/${target.replaceAll(/\W+/g, "-")}.ts`;

beforeAll(() => {
  for (const file of ["biome.json", ".gitignore"]) cpSync(join(root, file), join(house, file));
  for (const [folder, target] of [...refused, ...allowed])
    plant(fileOf(folder, target), `import { thing } from "${target}";\nexport const it = thing;\n`);
  plant("src/rpc/round-a.ts", 'import { b } from "./round-b.js";\nexport const a = (): number => b();\n');
  plant("src/rpc/round-b.ts", 'import { a } from "./round-a.js";\nexport const b = (): number => a();\n');
  found = lint();
});
afterAll(() => rmSync(house, { recursive: true }));

function plant(file: string, text: string): void {
  mkdirSync(dirname(join(house, file)), { recursive: true });
  writeFileSync(join(house, file), text);
}

/** Which rules the project's own configuration finds broken, by file. */
function lint(): Map<string, string[]> {
  const byFile = new Map<string, string[]>();
  for (const { category, location } of diagnostics()) {
    const rules = byFile.get(location.path) ?? [];
    byFile.set(location.path, [...rules, category]);
  }
  return byFile;
}

interface Diagnostic {
  readonly category: string;
  readonly location: { readonly path: string };
}

function diagnostics(): readonly Diagnostic[] {
  const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
  const args = [biome, "lint", "--reporter=json", "--max-diagnostics=none", "."];
  try {
    execFileSync(process.execPath, args, { cwd: house, stdio: ["ignore", "pipe", "ignore"] });
  } catch (error) {
    return JSON.parse(String((error as { stdout: Buffer }).stdout)).diagnostics;
  }
  throw new Error("the linter found nothing wrong in a house full of violations");
}

describe("who may import whom", () => {
  it.each(refused)("%s may not import %s", (folder, target) => {
    expect(found.get(fileOf(folder, target))).toEqual(["lint/style/noRestrictedImports"]);
  });

  it.each(allowed)("%s may import %s", (folder, target) => {
    expect(found.get(fileOf(folder, target))).toBeUndefined();
  });

  it("refuses a cycle", () => {
    expect(found.get("src/rpc/round-a.ts")).toContain("lint/suspicious/noImportCycles");
  });
});
