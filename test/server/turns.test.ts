import { afterEach, describe, expect, it } from "vitest";
import { Front, pause, post, rpc, statuses } from "./front.js";

const health = (id: unknown) => rpc("rpc.health", id);
let front: Front | undefined;
afterEach(() => front?.stop());

const bodies = (text: string): unknown[] =>
  text
    .split(/HTTP\/1\.1 \d{3} .*/)
    .slice(1)
    .map((response) => JSON.parse(response.slice(response.indexOf("\r\n\r\n"))));

describe("requests sent ahead on one connection", () => {
  it("are answered in their order, one at a time", async () => {
    const events: string[] = [];
    front = await Front.start({
      handlers: {
        "net.routes": async ({ table }) => {
          events.push(`start ${table}`);
          await pause(table === "slow" ? 50 : 0);
          events.push(`end ${table}`);
          return [];
        },
      },
    });
    const calls = [rpc("net.routes", 1, { table: "slow" }), rpc("net.routes", 2, { table: "fast" })];
    const text = await front.exchange(calls.map((body) => post(body)).join("") + post(health(3), "Connection: close"));
    expect(bodies(text).map((body) => Reflect.get(Object(body), "id"))).toEqual([1, 2, 3]);
    expect(events).toEqual(["start slow", "end slow", "start fast", "end fast"]);
  });

  it("are all answered, however many", async () => {
    front = await Front.start();
    const ids = Array.from({ length: 2000 }, (_, id) => id);
    const bytes = ids.map((id) => post(health(id))).join("") + post(health("last"), "Connection: close");
    expect(bodies(await front.exchange(bytes)).map((body) => Reflect.get(Object(body), "id"))).toEqual([
      ...ids,
      "last",
    ]);
  });

  it("wait unread while too many are unanswered, and are answered all the same", async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    front = await Front.start({ handlers: { "net.routes": () => held.then(() => []) } });
    const wire = await front.open();
    const ids = Array.from({ length: 20_000 }, (_, id) => id);
    wire.socket.write(post(rpc("net.routes", "first")) + ids.map((id) => post(health(id))).join(""));
    for (let tries = 0; front.http.open === 0 && tries < 200; tries++) await pause(5);
    await pause(300);
    expect(front.http.open).toBeGreaterThan(1);
    expect(front.http.open).toBeLessThan(2000);
    release();
    wire.socket.write(post(health("last"), "Connection: close"));
    expect(bodies(await wire.read()).map((body) => Reflect.get(Object(body), "id"))).toEqual(["first", ...ids, "last"]);
  });

  it("are refused beyond what the daemon keeps, and it recovers", async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    front = await Front.start({ limits: { requests: 50 }, handlers: { "net.routes": () => held.then(() => []) } });
    const flood = post(rpc("net.routes", "first")) + Array.from({ length: 200 }, (_, id) => post(health(id))).join("");
    const wires = await Promise.all([front.open(), front.open()]);
    for (const { socket } of wires) socket.write(flood);
    for (let tries = 0; front.http.open < 50 && tries < 500; tries++) await pause(5);
    await pause(50);
    expect(front.http.open).toBe(50);
    release();
    const texts = await Promise.all(wires.map((wire) => wire.read()));
    // Each connection ends with the refusal, behind the answers to what was taken.
    expect(texts.map((text) => statuses(text).at(-1))).toEqual([503, 503]);
    expect(texts.join("").match(/"kind":"overloaded"/g)).toHaveLength(2);
    expect(statuses(texts.join("")).filter((status) => status === 200)).toHaveLength(50);
    for (let tries = 0; front.http.open > 0 && tries < 500; tries++) await pause(5);
    expect([front.http.open, (await front.post(health(1))).status]).toEqual([0, 200]);
  });

  it("before a broken one are answered, and then the broken one is refused", async () => {
    front = await Front.start({ handlers: { "net.routes": () => pause(50).then(() => []) } });
    const text = await front.exchange(`${post(rpc("net.routes", 7))}NONSENSE\r\n\r\n`);
    expect(statuses(text)).toEqual([200, 400]);
    expect(text.indexOf('"id":7')).toBeLessThan(text.indexOf("400 Bad Request"));
  });

  it("after a refused body are not taken for requests", async () => {
    front = await Front.start({ limits: { bodyBytes: 10 } });
    const smuggled = post(health("smuggled"));
    const text = await front.exchange(post(`${smuggled}${" ".repeat(100)}`));
    expect(statuses(text)).toEqual([413]);
  });
});

describe("a sender that shuts its sending half after its last request", () => {
  it.each([
    ["one", [rpc("net.routes", 1)]],
    ["several", [rpc("net.routes", 1), health(2), rpc("net.routes", 3)]],
  ])("gets its answer to %s, and then the end", async (_, calls) => {
    front = await Front.start({ handlers: { "net.routes": () => pause(100).then(() => []) } });
    const wire = await front.open();
    wire.socket.end(calls.map((body) => post(body)).join(""));
    const text = await wire.read();
    expect(bodies(text).map((body) => Reflect.get(Object(body), "id"))).toEqual(calls.map((_, index) => index + 1));
    expect([wire.closed, front.http.open]).toEqual([true, 0]);
  });

  it("is told that half a request is none", async () => {
    front = await Front.start();
    const wire = await front.open();
    wire.socket.end(post(health(1)).slice(0, -3));
    expect(statuses(await wire.read())).toEqual([400]);
  });
});

describe("a sender that goes away", () => {
  const waiting = () => {
    const signals: AbortSignal[] = [];
    const handler = (_: unknown, { signal }: { readonly signal: AbortSignal }) => {
      signals.push(signal);
      return new Promise<never>((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    };
    return { signals, handler };
  };

  it("aborts the read it waited for, and nothing of it stays", async () => {
    const { signals, handler } = waiting();
    front = await Front.start({ handlers: { "net.routes": handler } });
    const wire = await front.open();
    wire.socket.write(post(rpc("net.routes")));
    for (let tries = 0; signals.length === 0 && tries < 200; tries++) await pause(5);
    expect(front.http.open).toBe(1);
    wire.socket.destroy();
    for (let tries = 0; front.http.open > 0 && tries < 200; tries++) await pause(5);
    expect([signals[0]?.aborted, front.http.open]).toEqual([true, 0]);
  });

  it.each([
    ["in the middle of a head", post(health(1)).slice(0, 30)],
    ["in the middle of a body", post(health(1)).slice(0, -3)],
    ["after a whole request", post(health(1))],
    ["after many", post(health(1)).repeat(50)],
  ])("%s leaves nothing behind", async (_, bytes) => {
    front = await Front.start();
    for (let round = 0; round < 20; round++) {
      const wire = await front.open();
      wire.socket.end(bytes);
      wire.socket.destroy();
    }
    for (let tries = 0; front.http.open > 0 && tries < 200; tries++) await pause(5);
    expect(front.http.open).toBe(0);
    expect((await front.post(health(1))).status).toBe(200);
  });
});

it("200 connections at once are all answered", async () => {
  const server = await Front.start();
  front = server;
  const wires = await Promise.all(Array.from({ length: 200 }, () => server.open()));
  for (const [id, wire] of wires.entries()) wire.socket.write(post(health(id)));
  const texts = await Promise.all(wires.map((wire) => wire.read('"status":"ok"')));
  for (const [id, text] of texts.entries()) expect(text).toContain(`"id":${id},`);
});
