import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect, type MethodName, type MyOs } from "../../sdk/index.js";
import { send } from "../world/peer.js";
import { Random } from "../world/random.js";
import { mutate } from "../world/requests.js";

const root = join(import.meta.dirname, "../..");
const binary = join(root, "dist/src/bin/my-os-server-mock.js");
const folder = mkdtempSync(join(tmpdir(), "mos-t-mock-"));
const socket = join(folder, "mock.sock");

interface Example {
  readonly name: string;
  readonly params: readonly { readonly name: string; readonly value: unknown }[];
  readonly result: { readonly value: unknown };
}
const { methods }: { methods: readonly { name: MethodName; examples: readonly Example[] }[] } = JSON.parse(
  readFileSync(join(root, "openrpc.json"), "utf8"),
);
/** Of several examples for the same parameters the first is the mock's answer. */
const isFirst = (example: Example, index: number, all: readonly Example[]) =>
  all.findIndex(({ params }) => isDeepStrictEqual(params, example.params)) === index;
const examples = methods.flatMap(({ name, examples: all }) =>
  all.filter(isFirst).map((example) => [name, example.name, example] as const),
);

let mock: ChildProcess;
let os: MyOs;

async function start(): Promise<ChildProcess> {
  const child = spawn(process.execPath, [binary, "--socket", socket], { stdio: ["ignore", "pipe", "inherit"] });
  const [said] = await once(child.stdout.setEncoding("utf8"), "data");
  expect(said).toBe(`${socket}\n`);
  return child;
}

beforeAll(async () => {
  mock = await start();
  os = connect({ socket, retries: 0 });
});
afterAll(async () => {
  mock.kill();
  rmSync(folder, { recursive: true });
});

describe("the mock", () => {
  it.each(examples.filter(([method]) => !method.startsWith("rpc.")))(
    "answers %s: %s",
    async (method, _, { params, result }) => {
      const named = Object.fromEntries(params.map(({ name, value }) => [name, value]));
      expect(await os.call(method, named as never)).toEqual(result.value);
    },
  );

  it("answers the specification and health itself", async () => {
    expect(await os.rpc.health()).toEqual({ status: "ok" });
    expect((await os.discover()).methods).toHaveLength(methods.length);
    expect(await os.whoami()).toMatchObject({ right: "admin" });
  });

  it("says which examples there are where the parameters are another's", async () => {
    const error = await os.net.routes.delete({ dst: "203.0.113.77" }).catch((error: unknown) => error);
    expect(error).toMatchObject({
      kind: "unsupported",
      data: { mode: "mock" },
      message: expect.stringContaining('"dst"'),
    });
  });

  it("judges parameters as the daemons do", async () => {
    const error = await os.call("net.routes", { famly: "inet" } as never).catch((error: unknown) => error);
    expect(error).toMatchObject({
      kind: "invalid_params",
      data: { problems: [{ field: "famly", nearest: "family" }] },
    });
    expect(await os.call("net.nope" as never, {} as never).catch((error: unknown) => error)).toMatchObject({
      kind: "method_not_found",
    });
  });

  it("takes whatever credentials a test presents", async () => {
    const other = connect({ socket, token: "any" });
    expect(await other.rpc.health()).toEqual({ status: "ok" });
  });

  it("outlives what ends server-js on its own", async () => {
    const random = new Random(3);
    const bodies = ['{"jsonrpc":"2.0","id":1,"method":"net.routes","params":null}', "[null]", "[]", "[1]", "{"];
    for (let round = 0; round < 500; round += 1) bodies.push(mutate(random));
    for (const body of bodies) {
      const answer = await send({
        socket,
        method: "POST",
        path: "/rpc",
        headers: { "content-type": "application/json" },
        body,
      });
      expect(answer.text, body).not.toContain("internal_error");
    }
    expect(mock.exitCode).toBeNull();
  });

  it.runIf(process.platform === "linux")("asks the system for nothing that other systems lack", () => {
    expect(readFileSync(`/proc/${mock.pid}/maps`, "utf8")).not.toContain("koffi");
  });

  it("takes the place of one that was killed, and never of one that answers", async () => {
    expect(() => execFileSync(process.execPath, [binary, "--socket", socket], { stdio: "pipe" })).toThrow(/EADDRINUSE/);
    mock.kill("SIGKILL");
    await once(mock, "exit");
    expect(existsSync(socket)).toBe(true);
    mock = await start();
    expect(await os.rpc.health()).toEqual({ status: "ok" });
  });

  it("says what its flags are, and refuses others", () => {
    expect(execFileSync(process.execPath, [binary, "--help"], { encoding: "utf8" })).toContain("--socket PATH");
    expect(() => execFileSync(process.execPath, [binary, "--prot", "1"], { stdio: "pipe" })).toThrow(/Unknown option/);
  });
});
