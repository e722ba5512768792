import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ask, call, origin } from "../rpc/parts.js";
import { answering } from "../world/played-upstream.js";
import { addRoute, admin, type PlayedNode, playedNode } from "./played-node.js";

let node: PlayedNode;
let net: PlayedNode["net"];
let parts: PlayedNode["parts"];

beforeEach(async () => {
  node = await playedNode();
  ({ net, parts } = node);
});
afterEach(() => node.stop());

describe("a read", () => {
  it("is taken back from the upstream when its caller is gone", async () => {
    let closed = (): void => {};
    const seen = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const gone = new AbortController();
    net.behave = (_, socket) => {
      socket.once("close", closed);
      gone.abort();
    };
    await ask(parts, call("net.dns"), origin({ gone: gone.signal }));
    await seen;
  });

  it("is sent again where the kept connection had just been closed, once, and a write is not", async () => {
    net.behave = answering("[]");
    await ask(parts, call("net.dns"));
    // The next request on that connection finds it dead.
    net.behave = (heard, socket) => (heard.connection === 0 ? socket.destroy() : answering("[]")(heard, socket));
    expect(await ask(parts, call("net.dns"))).toMatchObject({ result: [] });
    expect(net.heard.map(({ connection }) => connection)).toEqual([0, 0, 1]);
    net.behave = (_, socket) => socket.destroy();
    await ask(parts, addRoute, admin());
    expect(net.heard).toHaveLength(4);
  });

  it("uses a kept connection, and a write a fresh one", async () => {
    net.behave = answering("[]");
    for (let round = 0; round < 3; round += 1) await ask(parts, call("net.dns"));
    for (let round = 0; round < 2; round += 1) await ask(parts, addRoute, admin());
    await ask(parts, call("net.dns"));
    expect(net.heard.map(({ connection }) => connection)).toEqual([0, 0, 0, 1, 2, 0]);
  });
});

it("nothing is left behind on a connection that is kept", async () => {
  net.behave = answering("[]");
  const warnings: string[] = [];
  const hear = ({ name, message }: Error) => warnings.push(`${name}: ${message}`);
  process.on("warning", hear);
  for (let round = 0; round < 50; round += 1) await ask(parts, call("net.dns"));
  await new Promise(setImmediate);
  process.off("warning", hear);
  expect(new Set(net.heard.map(({ connection }) => connection))).toEqual(new Set([0]));
  expect(warnings).toEqual([]);
});

describe("a restart of an upstream under load", () => {
  it("carries no write out twice, and says of each that is lost that it may have been", async () => {
    net.behave = answering("{}");
    let running = true;
    let asked = 0;
    const answers = new Map<string, { result?: unknown; error?: { data: Record<string, unknown> } }>();
    const load = Array.from({ length: 8 }, async () => {
      while (running) {
        asked += 1;
        const dst = `10.${asked >> 8}.${asked & 255}.0/24`;
        const answer = await ask(parts, call("net.routes.add", { dst, gateway: "10.1.1.1" }), admin());
        answers.set(dst, answer as never);
      }
    });
    const until = async (count: number) => {
      const from = answers.size;
      while (answers.size < from + count) await new Promise(setImmediate);
    };
    await until(100);
    await net.stop();
    await until(50);
    await net.start();
    await until(200);
    running = false;
    await Promise.all(load);
    const heard = net.heard.map(({ body }) => (body.params as { dst: string }).dst);
    expect(new Set(heard).size).toBe(heard.length);
    for (const [dst, { result, error }] of answers) {
      if (result !== undefined) expect(heard).toContain(dst);
      else if (error?.data.reason === "lost") expect(error.data.may_have_happened).toBe(true);
      else {
        expect(error?.data).toMatchObject({ kind: "upstream_unavailable", may_have_happened: false });
        expect(heard).not.toContain(dst);
      }
    }
  });

  it("loses nothing but what was under way, and needs nobody", async () => {
    net.behave = answering("[]");
    let running = true;
    const outcomes: string[] = [];
    const load = Array.from({ length: 8 }, async () => {
      while (running) outcomes.push(JSON.stringify(await ask(parts, call("net.dns"))));
    });
    const until = async (count: number) => {
      const from = outcomes.length;
      while (outcomes.length < from + count) await new Promise(setImmediate);
    };
    await until(100);
    await net.stop();
    await until(50);
    await net.start();
    await until(500);
    running = false;
    await Promise.all(load);
    const kinds = new Set(
      outcomes.map((text) => (text.includes('"result":[]') ? "ok" : JSON.parse(text).error.data.reason)),
    );
    expect([...kinds].filter((kind) => !["ok", "refused", "absent", "lost"].includes(kind))).toEqual([]);
    expect(outcomes.slice(-100).every((text) => text.includes('"result":[]'))).toBe(true);
  });
});
