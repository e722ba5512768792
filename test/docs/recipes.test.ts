import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse as parseToml } from "smol-toml";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { built, Daemon } from "../world/daemon.js";

const root = join(import.meta.dirname, "../..");
const guides = join(root, "docs/guide");
const folder = mkdtempSync(join(tmpdir(), "mos-t-recipes-"));

interface Block {
  readonly where: string;
  readonly language: string;
  /** What its first line says after the language: `recipe`, `recipe mock` or `not-run: REASON`. */
  readonly info: string;
  readonly text: string;
}

interface Recipe {
  readonly where: string;
  readonly language: "sh" | "ts";
  /** What it talks to: the daemon on this machine's kernel for what reads, the mock for what writes. */
  readonly to: "daemon" | "mock";
  readonly text: string;
}

/** Everything that people read. */
const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "sdk/README.md",
  "bench/README.md",
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

/** Fenced blocks with a language; those without show an output or a synopsis. */
const blocksOf = (page: string): Block[] =>
  [...readFileSync(join(root, page), "utf8").matchAll(/^( *)```(\w+) ?(.*)\n([\s\S]*?)^\1```$/gm)].map(
    ([, , language = "", info = "", text = ""], index) => ({
      where: `${page}, block ${index + 1}`,
      language,
      info,
      text,
    }),
  );
const blocks = pages.flatMap(blocksOf);

const recipes = blocks
  .filter(({ info }) => /^recipe( mock)?$/.test(info))
  .map(
    ({ where, language, info, text }): Recipe => ({
      where,
      language: language === "ts" ? "ts" : "sh",
      to: info === "recipe" ? "daemon" : "mock",
      text,
    }),
  );

/** Why a block is not run, and what must be in it for that to be true. */
const REASONS: ReadonlyMap<string, RegExp> = new Map([
  ["in the foreground", /^(npm (start|test)|my-os-server-(native|mock) .*(--listen|&).*)$/m],
  ["on a node", /\b(sudo apt|systemctl)\b/],
  ["from elsewhere", /\.example\b|--context/],
  ["from a registry", /^npm install /],
  // A line that goes on where the text left off, and a fragment of a program.
  ["a part", /^(export \w+=\S+|my-os-ctl .*\bmy\.key|[\s\S]*\b(connect\(|describeGuest\()[\s\S]*)\n$/],
]);

/** What `npm start` leaves in a home: an access list, the admin's key, and the socket. */
const MINE = ".config/my_os_server";
const SOCKET = "hero/var/sockets/hero_db_root_os.sock";

function layHome(home: string): void {
  cpSync(join(folder, MINE), join(home, MINE), { recursive: true });
  mkdirSync(dirname(join(home, SOCKET)), { recursive: true });
  symlinkSync(sockets.daemon, join(home, SOCKET));
}

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
  mkdirSync(join(folder, MINE), { recursive: true });
  const key = execFileSync(process.execPath, [
    built("my-os-ctl"),
    "key",
    "new",
    join(folder, MINE, "admin.key"),
    "-o",
    "json",
  ]);
  const { public_key: admin } = JSON.parse(key.toString());
  const group = `[[group]]\nname = "admins"\nusers = ["${admin}"]\n[[ace]]\nright = "admin"\ngroups = ["admins"]\n`;
  writeFileSync(join(folder, MINE, "acl.toml"), `${group}[policy]\nanonymous_local = "read"\n`);
  daemon = await Daemon.start(["--acl", join(folder, MINE, "acl.toml")]);
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

describe("what people read", () => {
  it("holds blocks that are run, or say truly why not", () => {
    expect(recipes.length).toBeGreaterThan(25);
    const doubtful = blocks.filter(({ where, language, info, text }) => {
      if (/^recipe( mock)?$/.test(info)) return language !== "sh" && language !== "ts";
      const reason = REASONS.get(/^not-run: (.*)$/.exec(info)?.[1] ?? "");
      if (reason) return !reason.test(text);
      // The SDK's own tests compile and run these in a project that installed it.
      return (
        !(where.startsWith("sdk/README.md") && language === "ts" && text.startsWith("import ")) && language !== "toml"
      );
    });
    expect(doubtful.map(({ where, text }) => `${where}: ${text}`)).toEqual([]);
  });

  it("shows TOML that can be read", () => {
    const settings = blocks.filter(({ language }) => language === "toml");
    expect(settings.length).toBeGreaterThan(5);
    for (const { where, text } of settings) expect(Object.keys(parseToml(text)), where).not.toEqual([]);
  });

  it.each(recipes.map((recipe) => [recipe.where, recipe] as const))("%s works", { timeout: 60_000 }, (_, recipe) => {
    const work = mkdtempSync(join(folder, "work-"));
    layHome(work);
    const before = readdirSync(work).length;
    const said = run(recipe, work);
    expect(said !== "" || readdirSync(work).length > before).toBe(true);
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
