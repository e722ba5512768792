import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Daemon } from "../world/daemon.js";

const root = join(import.meta.dirname, "../..");
const bin = (name: string) => join(root, "node_modules/.bin", name);
const folder = mkdtempSync(join(tmpdir(), "mos-t-consumer-"));
const project = join(folder, "project");
let tarball: string;

/** Runs a program and answers what it said; where it fails, throws that. */
function run(command: string, args: readonly string[], cwd: string, env: Record<string, string> = {}): string {
  try {
    return execFileSync(command, args, { cwd, encoding: "utf8", stdio: "pipe", env: { ...process.env, ...env } });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(" ")}:\n${stdout ?? ""}${stderr ?? error}`);
  }
}

beforeAll(() => {
  // Packed from a copy: packing writes into the package's folder.
  const copy = join(folder, "source");
  for (const part of ["sdk", "generated", "tsconfig.json", "LICENSE", "packaging", "package.json"])
    cpSync(join(root, part), join(copy, part), { recursive: true, filter: (path) => !path.includes("/dist") });
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  const packed = run("npm", ["pack", "--silent", "--pack-destination", folder], join(copy, "sdk"));
  tarball = join(folder, packed.trim().split("\n").at(-1) ?? "");
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "consumer", private: true, type: "module" }));
  run("npm", ["install", "--offline", "--no-audit", "--no-fund", tarball], project);
  // The one thing that a consumer in TypeScript has besides: Node's own types.
  mkdirSync(join(project, "node_modules/@types"));
  symlinkSync(join(root, "node_modules/@types/node"), join(project, "node_modules/@types/node"));
  symlinkSync(join(root, "node_modules/undici-types"), join(project, "node_modules/undici-types"));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** Compiles these files as a strict project that trusts no declaration; answers what the compiler says. */
function compile(files: Readonly<Record<string, string>>, module: "NodeNext" | "Bundler"): string {
  const source = join(project, `src-${module}`);
  rmSync(source, { recursive: true, force: true });
  mkdirSync(source);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(source, name), text);
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    target: "ES2022",
    lib: ["ES2023"],
    types: ["node"],
    rootDir: ".",
    outDir: "out",
    ...(module === "NodeNext"
      ? { module: "NodeNext", moduleResolution: "NodeNext" }
      : { module: "ESNext", moduleResolution: "Bundler" }),
  };
  writeFileSync(join(source, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
  try {
    return run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", source], project);
  } catch (error) {
    return String(error);
  }
}

const recipes = [...readFileSync(join(root, "sdk/README.md"), "utf8").matchAll(/^```ts\n(import .*?)^```$/gms)].map(
  ([, text]) => `${text}\n`,
);

const right = `
import { connect, isMyOsError, type InUseErrorData, type NetRoutesResult } from "@my-os/sdk";
const os = connect();
const routes: NetRoutesResult = await connect({ integers: "exact" }).net.routes({ family: "inet6" });
const used: number[] = (await os.vol.usage()).map(({ used_bytes }) => used_bytes);
const added = await os.net.routes.add({ dst: "10.0.0.0/8", gateway: "10.1.1.1" });
const changed: boolean = added.changed;
const named = await os.call("vol.list_mounts", { target: "/" });
const [links, health] = await os.batch([["net.interfaces"], ["rpc.health"]]);
if (links.ok) links.result.map(({ ifname }) => ifname.toUpperCase());
if (health.ok) health.result.status satisfies "ok";
try {} catch (error) {
  if (isMyOsError(error, "in_use")) error.data satisfies InUseErrorData;
}
console.log(routes, used, changed, named);
`;

const wrong: readonly [string, string, RegExp][] = [
  ["a wrong parameter", `await os.net.routes({ famly: "inet" });`, /famly/],
  ["a wrong value", `await os.net.routes({ family: "ipv4" });`, /"ipv4"/],
  ["a missing parameter", "await os.net.routes.delete({});", /NetRoutesDeleteParams/],
  ["a wrong method", "await os.net.rotues();", /rotues/],
  ["a wrong method by name", `await os.call("net.rotues", {});`, /net\.rotues/],
  ["parameters left out that are needed", `await os.call("net.routes.add");`, /Expected/],
  ["a wrong error kind", `if (isMyOsError(null, "in_usage")) {}`, /in_usage/],
  ["data of another kind", `const e: unknown = 1; if (isMyOsError(e, "in_use")) e.data.tool;`, /tool/],
  ["a field that no result has", "(await os.net.dns()).nameserver;", /nameserver/],
  ["a wrong entry of a batch", `await os.batch([["net.routes", { dst: 1 }]]);`, /dst|not assignable/],
  ["bigint arithmetic on rounded numbers", "(await os.vol.usage())[0]!.used_bytes satisfies bigint;", /bigint/],
];

describe("the packed SDK in a project of its own", { timeout: 180_000 }, () => {
  it.each(["NodeNext", "Bundler"] as const)("compiles under strict TypeScript with %s resolution", (module) => {
    const files = Object.fromEntries(recipes.map((text, index) => [`recipe${index}.ts`, text]));
    expect(compile({ ...files, "right.ts": right }, module)).toBe("");
  });

  it("does not compile with what is wrong", () => {
    const head = 'import { connect, isMyOsError } from "@my-os/sdk";\nconst os = connect();\nvoid isMyOsError;\n';
    const files = Object.fromEntries(
      wrong.map(([, text], index) => [`wrong${index}.ts`, `${head}${text}\nexport {};\n`]),
    );
    const said = compile(files, "NodeNext");
    for (const [index, [what, , words]] of wrong.entries()) {
      const lines = said.split("\n").filter((line) => line.includes(`wrong${index}.ts(4,`));
      expect(lines.join("\n"), what).toMatch(words);
    }
  });

  it("holds what it needs and nothing else", () => {
    const names = run("tar", ["tzf", tarball], folder).trim().split("\n").sort();
    expect(names).toContain("package/README.md");
    expect(names).toContain("package/LICENSE");
    expect(names).toContain("package/dist/generated/client.gen.js");
    expect(
      names.filter((name) => !/^package\/(README\.md|LICENSE|package\.json|dist\/(sdk|generated)\/)/.test(name)),
    ).toEqual([]);
    expect(names.filter((name) => name.includes("results.gen"))).toEqual([]);
    const { version, dependencies } = JSON.parse(
      readFileSync(join(project, "node_modules/@my-os/sdk/package.json"), "utf8"),
    );
    expect(dependencies).toEqual({});
    expect(version).toBe(JSON.parse(readFileSync(join(root, "openrpc.json"), "utf8")).info.version);
  });

  it("passes publint and attw", () => {
    expect(run(bin("publint"), ["--strict", join(project, "node_modules/@my-os/sdk")], project)).toContain("All good");
    run(bin("attw"), [tarball, "--profile", "esm-only", "--format", "ascii"], project);
  });

  it("runs the README's recipes against a daemon", async () => {
    expect(recipes.length).toBeGreaterThanOrEqual(4);
    const daemon = await Daemon.start();
    try {
      expect(compile(Object.fromEntries(recipes.map((text, n) => [`recipe${n}.ts`, text])), "NodeNext")).toBe("");
      const said = recipes.map((_, n) =>
        run(process.execPath, [`src-NodeNext/out/recipe${n}.js`], project, { MY_OS_SOCKET: daemon.socket }),
      );
      expect(said[0]).toMatch(/^lo (UNKNOWN|DOWN|UP)$/m);
      expect(said[1]).toMatch(/permission_denied|not_found/);
      expect(said.every((text) => text.length > 0)).toBe(true);
    } finally {
      await daemon.stop();
    }
  });
});
