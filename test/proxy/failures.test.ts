import { rmSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { methods } from "../../generated/methods.gen.js";
import { ask, call, failure, localWith, origin, send } from "../rpc/parts.js";
import { answering, http } from "../world/played-upstream.js";
import { addRoute, admin, MAX_BYTES, type PlayedNode, playedNode } from "./played-node.js";

let node: PlayedNode;
let net: PlayedNode["net"];
let vol: PlayedNode["vol"];
let log: PlayedNode["log"];
let parts: PlayedNode["parts"];
let degraded: PlayedNode["degraded"];

beforeEach(async () => {
  node = await playedNode();
  ({ net, vol, log, parts, degraded } = node);
});
afterEach(() => node.stop());

const unavailable = (reason: string, method = "mosnet.dns", may_have_happened = false) =>
  failure(-32004, "upstream_unavailable", {
    upstream: "mosnetd",
    socket: net.path,
    upstream_method: method,
    reason,
    may_have_happened,
  });

describe("a call that an upstream answers", () => {
  it("goes under the upstream's name and an id of ours, with the parameters by name", async () => {
    vol.behave = answering("[]");
    await ask(parts, call("vol.list_mounts", ["/srv"], "mine"), admin());
    net.behave = answering("{}");
    await ask(parts, call("net.conntrack.stats", undefined, "mine"), admin());
    expect([vol.heard[0]?.body, net.heard[0]?.body]).toEqual([
      { jsonrpc: "2.0", id: 1, method: "storage.list_mounts", params: { target: "/srv" } },
      { jsonrpc: "2.0", id: 1, method: "mosnet.conntrack.stats", params: {} },
    ]);
  });

  it("keeps the bytes of its result", async () => {
    const result = '{ "b":18446744073709551615, "a":"\\u0041", "n":1.0 }';
    net.behave = answering(result);
    expect(await send(parts, call("net.dns"))).toBe(`{"jsonrpc":"2.0","id":1,"result":${result}}`);
  });

  it("keeps the bytes of its error", async () => {
    const error =
      '{"code":1004,"message":"n\\u006f","data":{"kind":"not_found","big":18446744073709551615,"theirs":[]}}';
    net.behave = ({ body }, socket) => socket.write(http(`{"jsonrpc":"2.0","id":${body.id},"error":${error}}`));
    expect(await send(parts, call("net.dns"))).toBe(`{"jsonrpc":"2.0","id":1,"error":${error}}`);
  });

  it("keeps an error of a code that the specification does not have", async () => {
    const error = '{"code":-32099,"message":"theirs"}';
    net.behave = ({ body }, socket) => socket.write(http(`{"jsonrpc":"2.0","id":${body.id},"error":${error}}`));
    expect(await send(parts, call("net.dns"))).toBe(`{"jsonrpc":"2.0","id":1,"error":${error}}`);
  });

  it("is not made at all with parameters that are wrong, unless nobody is to judge them", async () => {
    expect(await ask(parts, call("net.routes", { tabel: "main" }))).toEqual(failure(-32602, "invalid_params"));
    expect(net.heard).toEqual([]);
    const unjudged = { ...parts, service: { ...parts.service, passesParams: true } };
    await ask(unjudged, call("net.routes", { tabel: "main" }));
    await ask(unjudged, call("net.routes", [1, 2]));
    await ask(unjudged, call("net.routes"));
    expect(net.heard.map(({ body }) => body.params)).toEqual([{ tabel: "main" }, [1, 2], {}]);
  });
});

describe("an upstream that fails", () => {
  it("with no socket there", async () => {
    await net.stop();
    rmSync(net.path, { force: true });
    expect(await ask(parts, call("net.dns"))).toEqual(unavailable("absent"));
  });

  it("with a socket that nobody listens on, or that is none", async () => {
    await net.stop();
    writeFileSync(net.path, "");
    expect(await ask(parts, call("net.dns"))).toEqual(unavailable("refused"));
  });

  it("by closing before it answers", async () => {
    net.behave = (_, socket) => socket.destroy();
    expect(await ask(parts, call("net.dns"))).toEqual(unavailable("lost"));
    expect(await ask(parts, addRoute, admin())).toEqual(unavailable("lost", "mosnet.routes.add", true));
  });

  it("by closing in mid-answer", async () => {
    net.behave = (_, socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"jsonrpc":"2.0","id":1,');
    expect(await ask(parts, call("net.dns"))).toEqual(unavailable("lost"));
  });

  it.each([
    ["HTML", (id: number) => `<html>call ${id}</html>`, "502 Bad Gateway", "text/html"],
    ["what is no JSON", () => "yes", "200 OK", "application/json"],
    ["nothing", () => "", "204 No Content", ""],
    [
      "another call's answer",
      (id: number) => `{"jsonrpc":"2.0","id":${id + 1},"result":{}}`,
      "200 OK",
      "application/json",
    ],
  ])("by answering %s", async (_, body, status, type) => {
    net.behave = (heard, socket) => socket.write(http(body(heard.body.id), status, type));
    expect(await ask(parts, call("net.dns"))).toEqual(unavailable("malformed"));
    expect(await ask(parts, addRoute, admin())).toEqual(unavailable("malformed", "mosnet.routes.add", true));
  });

  it("by answering what is no HTTP", async () => {
    net.behave = (_, socket) => socket.write("SSH-2.0-OpenSSH_9.2\r\n");
    expect(await ask(parts, call("net.dns"))).toEqual(unavailable("lost"));
  });

  it("by answering more than is taken", async () => {
    net.behave = answering(`"${"x".repeat(MAX_BYTES)}"`);
    expect(await ask(parts, call("net.dns"))).toEqual(
      failure(-32603, "internal_error", { reason: "response_too_large" }),
    );
  });

  it("is named in the log, once while it goes on and once when it is over", async () => {
    net.behave = (_, socket) => socket.destroy();
    for (let round = 0; round < 3; round += 1) await ask(parts, call("net.dns"));
    net.behave = answering("[]");
    await ask(parts, call("net.dns"));
    const said = log.lines
      .filter(({ said }) => said.includes("upstream"))
      .map(({ said, fields }) => [said, fields.upstream]);
    expect(said).toEqual([
      ["warn an upstream daemon does not answer as it should", "mosnetd"],
      ["info an upstream daemon answers again", "mosnetd"],
    ]);
  });

  it("leaves the other domain alone, whoever else waits for it and however many they are", async () => {
    vol.behave = () => {};
    const gone = new AbortController();
    const [people, calls] = [12, 30];
    const stuck = Array.from({ length: people * calls }, (_, index) => {
      const caller = { ...localWith("read"), countedAs: `uid:${index % people}` };
      return ask(parts, call("vol.list_mounts"), origin({ gone: gone.signal, caller }));
    });
    net.behave = answering("[]");
    expect(await ask(parts, call("net.dns"))).toEqual({ jsonrpc: "2.0", id: 1, result: [] });
    gone.abort();
    await Promise.all(stuck);
  });

  it("leaves the other domain alone, however many of its own calls hang", async () => {
    vol.behave = () => {};
    const gone = new AbortController();
    const stuck = Array.from({ length: 40 }, () => ask(parts, call("vol.list_mounts"), origin({ gone: gone.signal })));
    net.behave = answering("[]");
    expect(await ask(parts, call("net.dns"))).toEqual({ jsonrpc: "2.0", id: 1, result: [] });
    gone.abort();
    const answers = await Promise.all(stuck);
    expect(answers.filter((answer) => JSON.stringify(answer).includes("overloaded"))).toHaveLength(8);
  });
});

describe("an upstream that takes a call and says nothing", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    net.behave = () => {};
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** The answer to a call at the deadline of its method, once the upstream has got it. */
  async function late(method: "net.dns" | "net.routes.add", asked: Promise<unknown>): Promise<unknown> {
    while (net.heard.length === 0) await new Promise(setImmediate);
    await vi.advanceTimersByTimeAsync(methods[method].deadlineMs);
    return asked;
  }

  it("is named when a read's time is over, in the error and in the log", async () => {
    const deadline_ms = methods["net.dns"].deadlineMs;
    expect(await late("net.dns", ask(parts, call("net.dns")))).toEqual({
      jsonrpc: "2.0",
      id: 1,
      error: {
        code: -32006,
        message: `net.dns did not end within ${deadline_ms} ms (mosnetd has not answered)`,
        data: { kind: "timeout", request_id: "test-1", deadline_ms, may_have_happened: false },
      },
    });
    await new Promise(setImmediate);
    expect(log.lines).toContainEqual({
      said: "warn an upstream daemon does not answer as it should",
      fields: expect.objectContaining({ upstream: "mosnetd", socket: net.path, reason: "silent" }),
    });
  });

  it("is named when a write's time is over, which may have been carried out", async () => {
    const deadline_ms = methods["net.routes.add"].deadlineMs;
    expect(await late("net.routes.add", ask(parts, addRoute, admin()))).toEqual({
      jsonrpc: "2.0",
      id: 1,
      error: {
        code: -32006,
        message: `net.routes.add did not end within ${deadline_ms} ms (mosnetd has not answered) and goes on: ask what is there before asking again`,
        data: { kind: "timeout", request_id: "test-1", deadline_ms, may_have_happened: true },
      },
    });
    expect(net.heard).toHaveLength(1);
  });
});

describe("the health", () => {
  const told = async () => (await degraded()).map(({ part, reason }) => [part, reason]);

  it("has nothing to say of upstreams that answer, if only that they have no such method", async () => {
    vol.behave = ({ body }, socket) =>
      socket.write(http(`{"jsonrpc":"2.0","id":${body.id},"error":{"code":-32601,"message":"no"}}`));
    expect(await told()).toEqual([]);
  });

  it("names the one that is silent and the one that answers something else", async () => {
    net.behave = () => {};
    vol.behave = (_, socket) => socket.write(http("<html>", "502 Bad Gateway", "text/html"));
    expect(await told()).toEqual([
      ["mosnetd", `${net.path}: it has not answered within 1000 ms`],
      ["mos_volmgrd", expect.stringContaining("HTTP 502 with text/html: it is no JSON")],
    ]);
  });

  it("names the one that is not there and the one that nobody listens for", async () => {
    await Promise.all([net.stop(), vol.stop()]);
    rmSync(net.path, { force: true });
    writeFileSync(vol.path, "");
    expect(await told()).toEqual([
      ["mosnetd", `${net.path}: there is no socket ${net.path}`],
      ["mos_volmgrd", expect.stringContaining("takes no connection")],
    ]);
  });
});
