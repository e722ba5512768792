import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse as parseYaml } from "yaml";
import { type Command, commands, type Flag } from "../../generated/commands.gen.js";
import { globalNames } from "../../src/ctl/globals.js";
import { widthOf } from "../../src/ctl/width.js";
import { ctl } from "./run-ctl.js";

const root = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "mos-t-ctl-"));
const env = { MY_OS_SOCKET: join(folder, "mock.sock") };
let mock: ChildProcess;

interface Example {
  readonly name: string;
  readonly params: readonly { readonly name: string; readonly value: unknown }[];
  readonly result: { readonly value: unknown };
}
const specification: { readonly methods: readonly { name: string; examples: readonly Example[] }[] } = JSON.parse(
  readFileSync(join(root, "openrpc.json"), "utf8"),
);
const examplesOf = ({ method }: Command) =>
  (specification.methods.find(({ name }) => name === method)?.examples ?? []).filter(
    (example, index, all) => all.findIndex(({ params }) => isDeepStrictEqual(params, example.params)) === index,
  );

/** The command line of an example, as a person would type it. */
function typed({ path, flags }: Command, { params }: Example): string[] {
  return [
    ...path,
    ...params.flatMap(({ name, value }) =>
      flagWords(
        flags.find((flag) => flag.name === name),
        value,
      ),
    ),
  ];
}

function flagWords(flag: Flag | undefined, value: unknown): string[] {
  if (flag === undefined) throw new Error("an example has a parameter that is no flag");
  if (typeof value === "boolean" && flag.type === "boolean") return [value ? flag.flag : `--no-${flag.flag.slice(2)}`];
  if (flag.repeatable && Array.isArray(value)) return value.flatMap((item) => [flag.flag, String(item)]);
  return [flag.flag, typeof value === "object" ? JSON.stringify(value) : String(value)];
}

const nowhere = { env: { MY_OS_SOCKET: join(folder, "nobody.sock") } };

/** What a flag does not take; undefined where it takes any text. */
function wrongValue({ enum: words, type }: Flag): string | undefined {
  if (words) return "no-such-word";
  if (type === "integer") return "1.5";
  return type === "boolean" ? "perhaps" : undefined;
}

beforeAll(async () => {
  mock = spawn(process.execPath, [join(root, "dist/src/bin/my-os-server-mock.js"), "--socket", env.MY_OS_SOCKET], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (mock.stdout) await once(mock.stdout, "data");
});
afterAll(() => {
  mock.kill();
  rmSync(folder, { recursive: true });
});

const methodCommands = commands.filter(({ method }) => !method.startsWith("rpc."));

describe.each(methodCommands.map((command) => [command.path.join(" "), command] as const))(
  "my-os-ctl %s",
  (_, command) => {
    it("explains itself and each of its flags", async () => {
      const { code, out } = await ctl([...command.path, "--help"]);
      expect(code).toBe(0);
      expect(out.startsWith(command.summary)).toBe(true);
      expect(out).toContain(`Right: ${command.right}.`);
      for (const { flag } of command.flags) expect(out).toContain(`  ${flag}`);
      // A flag stands on one line with all the words it takes; sentences are wrapped.
      for (const line of out.split("\n").filter((one) => !/^ {2}--|^Usage/.test(one)))
        expect(widthOf(line)).toBeLessThanOrEqual(100);
    });

    it("answers its examples as JSON, and as text that fits the screen", async () => {
      for (const example of examplesOf(command)) {
        const words = typed(command, example);
        const json = await ctl([...words, "--json", "--yes"], { env });
        expect(json, words.join(" ")).toMatchObject({ err: command.destructive ? expect.anything() : "" });
        expect(JSON.parse(json.out)).toEqual(example.result.value);
        expect([0, 1]).toContain(json.code);
        const yaml = await ctl([...words, "--output", "yaml", "--yes"], { env });
        expect(parseYaml(yaml.out)).toEqual(example.result.value);
        const people = await ctl([...words, "--yes"], { env, width: 80 });
        expect(people.out).not.toContain("[object Object]");
        for (const line of people.out.split("\n"))
          expect(widthOf(line), line).toBeLessThanOrEqual(command.table ? 80 : 400);
        const named = await ctl([...words, "--output", "name", "--yes"], { env });
        expect(named.code).toBe(json.code);
      }
    });

    it("wants exactly its required flags", async () => {
      const { code, err } = await ctl(command.path, nowhere);
      const required = command.flags.filter((flag) => flag.required);
      // With none it gets as far as the daemon, which is not there.
      expect(code).toBe(required.length > 0 ? 64 : 69);
      for (const { flag } of required) expect(err).toContain(flag);
    });

    it("judges its flags before anything is sent", async () => {
      for (const flag of command.flags) {
        const wrong = wrongValue(flag);
        if (wrong === undefined) continue;
        const { code, err } = await ctl([...command.path, `${flag.flag}=${wrong}`], nowhere);
        expect([code, err]).toEqual([64, expect.stringContaining(`${flag.flag}:`)]);
      }
      const stray = await ctl([...command.path, "--no-such-flag"], nowhere);
      expect(stray).toMatchObject({ code: 64, err: expect.stringContaining("there is no flag --no-such-flag") });
    });
  },
);

describe("flags", () => {
  it("of every command and the global ones never have the same name", () => {
    const names = new Set<string>(globalNames.map((name) => `--${name}`));
    const shared = commands.flatMap(({ path, flags }) =>
      flags.filter(({ flag }) => names.has(flag)).map(({ flag }) => `${path.join(" ")} ${flag}`),
    );
    expect(shared).toEqual([]);
  });
});
