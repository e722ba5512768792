import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { methods } from "../../generated/methods.gen.js";
import { connect, type MyOs } from "../../sdk/index.js";
import { built } from "../world/daemon.js";
import { Mock } from "../world/mock.js";
import { send } from "../world/peer.js";
import { Random } from "../world/random.js";
import { mutate } from "../world/requests.js";

let mock: Mock;
let os: MyOs;

beforeAll(async () => {
  mock = await Mock.start();
  os = connect({ socket: mock.socket, retries: 0 });
});
afterAll(async () => {
  await mock.stop();
});

describe("the mock", () => {
  it("answers the specification and health itself", async () => {
    expect(await os.rpc.health()).toEqual({ status: "ok" });
    expect((await os.discover()).methods).toHaveLength(Object.keys(methods).length);
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
    const other = connect({ socket: mock.socket, token: "any" });
    expect(await other.rpc.health()).toEqual({ status: "ok" });
  });

  it("outlives what ends server-js on its own", async () => {
    const random = new Random(3);
    const bodies = ['{"jsonrpc":"2.0","id":1,"method":"net.routes","params":null}', "[null]", "[]", "[1]", "{"];
    for (let round = 0; round < 500; round += 1) bodies.push(mutate(random));
    for (const body of bodies) {
      const answer = await send({
        socket: mock.socket,
        method: "POST",
        path: "/rpc",
        headers: { "content-type": "application/json" },
        body,
      });
      expect(answer.text, body).not.toContain("internal_error");
    }
    expect(mock.child.exitCode).toBeNull();
  });

  it.runIf(process.platform === "linux")("asks the system for nothing that other systems lack", () => {
    expect(readFileSync(`/proc/${mock.child.pid}/maps`, "utf8")).not.toContain("koffi");
  });

  it("takes the place of one that was killed, and never of one that answers", async () => {
    const again = [built("my-os-server-mock"), "--socket", mock.socket];
    expect(() => execFileSync(process.execPath, again, { stdio: "pipe" })).toThrow(/EADDRINUSE/);
    mock.child.kill("SIGKILL");
    await once(mock.child, "exit");
    expect(existsSync(mock.socket)).toBe(true);
    await mock.run();
    expect(await os.rpc.health()).toEqual({ status: "ok" });
  });

  it("says what its flags are, and refuses others", () => {
    const binary = built("my-os-server-mock");
    expect(execFileSync(process.execPath, [binary, "--help"], { encoding: "utf8" })).toContain("--socket PATH");
    expect(() => execFileSync(process.execPath, [binary, "--prot", "1"], { stdio: "pipe" })).toThrow(/Unknown option/);
  });
});
