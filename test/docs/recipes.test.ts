import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { built, Daemon } from "../world/daemon.js";

const root = join(import.meta.dirname, "../..");
const guides = join(root, "docs/guide");
const folder = mkdtempSync(join(tmpdir(), "mos-t-recipes-"));

interface Recipe {
  readonly where: string;
  readonly language: "sh" | "ts";
  /** What it talks to: the daemon on this machine's kernel for what reads, the mock for what writes. */
  readonly to: "daemon" | "mock";
  readonly text: string;
}

const recipesOf = (name: string): Recipe[] =>
  [...readFileSync(join(guides, name), "utf8").matchAll(/^```(sh|ts) recipe( mock)?\n(.*?)^```$/gms)].map(
    ([, language, mock, text = ""], index) => ({
      where: `${name}, recipe ${index + 1}`,
      language: language === "ts" ? "ts" : "sh",
      to: mock ? "mock" : "daemon",
      text,
    }),
  );
const recipes = readdirSync(guides).flatMap(recipesOf);

let daemon: Daemon;
let mock: ChildProcess;
const sockets = { daemon: "", mock: join(folder, "mock.sock") };

/** A folder with the build's programs under their names, and the SDK as a program that installed it finds it. */
function layOut(): void {
  mkdirSync(join(folder, "bin"));
  for (const name of Object.keys(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).bin)) {
    const program = join(folder, "bin", name);
    writeFileSync(program, `#!/bin/sh\nexec ${process.execPath} ${built(name)} "$@"\n`);
    chmodSync(program, 0o755);
  }
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const sdk = join(folder, "node_modules/@my-os/sdk");
  execFileSync(process.execPath, [compiler, "-p", join(root, "sdk"), "--outDir", join(sdk, "dist")], { stdio: "pipe" });
  writeFileSync(join(sdk, "package.json"), readFileSync(join(root, "sdk/package.json")));
  symlinkSync(join(root, "node_modules/@types"), join(folder, "node_modules/@types"));
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
}

function run(recipe: Recipe, work: string): string {
  const env = {
    PATH: `${join(folder, "bin")}:${process.env.PATH}`,
    HOME: work,
    MY_OS_SOCKET: sockets[recipe.to],
  };
  const [program, args] =
    recipe.language === "sh"
      ? ["bash", ["--norc", "-euo", "pipefail", "-c", `${CLEAN_UP}\n${recipe.text}`]]
      : [process.execPath, ["--input-type=module", "--eval", javascript(recipe.text)]];
  return execFileSync(program as string, args as string[], {
    cwd: work,
    env,
    encoding: "utf8",
    stdio: "pipe",
    timeout: 50_000,
  });
}

/** What a recipe leaves running ends with it, also where it fails. */
const CLEAN_UP = "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT; trap 'exit 1' TERM";

const javascript = (text: string): string =>
  ts.transpileModule(text, { compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext } })
    .outputText;

beforeAll(async () => {
  layOut();
  daemon = await Daemon.start();
  sockets.daemon = daemon.socket;
  mock = spawn(process.execPath, [built("my-os-server-mock"), "--socket", sockets.mock], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise((resolve) => mock.stdout?.once("data", resolve));
}, 120_000);
afterAll(async () => {
  mock.kill();
  await daemon.stop();
  rmSync(folder, { recursive: true });
});

describe("the guides", () => {
  it("hold recipes", () => {
    expect(recipes.length).toBeGreaterThan(20);
  });

  it.each(recipes.map((recipe) => [recipe.where, recipe] as const))("%s works", { timeout: 60_000 }, (_, recipe) => {
    const work = mkdtempSync(join(folder, "work-"));
    const said = run(recipe, work);
    expect(said !== "" || readdirSync(work).length > 0).toBe(true);
    const codes = [...recipe.text.matchAll(/echo "exit code \$\?" # (\d+)/g)].map(([, code]) => `exit code ${code}`);
    expect(said.match(/^exit code \d+$/gm) ?? []).toEqual(codes);
  });

  it("explain every kind of error", () => {
    const { components } = JSON.parse(readFileSync(join(root, "openrpc.json"), "utf8"));
    const text = readFileSync(join(guides, "troubleshooting.md"), "utf8");
    const explained = [...text.matchAll(/^### (\w+)$/gm)].map(([, kind]) => kind);
    const kinds = Object.values<{ data: { kind: string } }>(components.errors).map(({ data }) => data.kind);
    expect(explained.toSorted()).toEqual(kinds.toSorted());
  });
});
