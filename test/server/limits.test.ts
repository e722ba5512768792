import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Front, pause, post, rpc, statuses } from "./front.js";

const health = rpc("rpc.health");
const limits = {
  bodyBytes: 2000,
  headerBytes: 4096,
  headerMs: 300,
  requestMs: 600,
  keepAliveMs: 1000,
  connections: 4,
};
let front: Front;
beforeEach(async () => {
  front = await Front.start({ limits });
});
afterEach(() => front.stop());

const isAlive = async () => expect((await front.post(health)).status).toBe(200);

describe("a body longer than the limit is 413 and ends the connection", () => {
  it("at once where its length is announced, before any of it is sent", async () => {
    const text = await front.exchange("POST /rpc HTTP/1.1\r\nHost: x\r\nContent-Length: 2001\r\n\r\n");
    expect(statuses(text)).toEqual([413]);
    expect(text).toMatch(/^Connection: close\r$/m);
    expect(text).toContain("at most 2000 bytes");
    await isAlive();
  });

  it("without a word to go on where its sender waits for one", async () => {
    const text = await front.exchange(
      "POST /rpc HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2001\r\n\r\n",
    );
    expect(statuses(text)).toEqual([413]);
  });

  it("as soon as the limit is passed where it comes in chunks", async () => {
    const wire = await front.open();
    wire.socket.write("POST /rpc HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    const chunk = `3e8\r\n${" ".repeat(1000)}\r\n`;
    wire.socket.write(chunk + chunk);
    await pause(100);
    expect(wire.received).toBe("");
    wire.socket.write(chunk);
    expect(statuses(await wire.read())).toEqual([413]);
    await isAlive();
  });

  it("and one of exactly the limit is read", async () => {
    expect((await front.post(health + " ".repeat(2000 - health.length))).status).toBe(200);
  });
});

describe("100 MB, sent as fast as the server takes it", () => {
  it.each(["announced", "in chunks"])("%s, is 413 that its sender lives to read", async (form) => {
    const wire = await front.open();
    const piece = Buffer.alloc(1 << 20, 0x20);
    const length = form === "announced" ? `Content-Length: ${100 << 20}` : "Transfer-Encoding: chunked";
    wire.socket.write(`POST /rpc HTTP/1.1\r\nHost: x\r\n${length}\r\n\r\n`);
    for (let sent = 0; sent < 100 && !wire.closed; sent++) {
      if (form === "in chunks") wire.socket.write(`${piece.length.toString(16)}\r\n`);
      const isFlushed = wire.socket.write(piece);
      if (form === "in chunks") wire.socket.write("\r\n");
      if (!isFlushed) await Promise.race([once(wire.socket, "drain").catch(() => {}), pause(200)]);
    }
    expect(statuses(await wire.read())).toEqual([413]);
    await isAlive();
  });
});

describe("a sender that waits for a word to go on", () => {
  it("gets it, and then its answer", async () => {
    const wire = await front.open();
    wire.socket.write(post(health, "Expect: 100-continue", "Connection: close").slice(0, -health.length));
    expect(await wire.read("100 Continue")).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
    wire.socket.write(health);
    expect(statuses(await wire.read())).toEqual([100, 200]);
  });

  it("does not get it for what is refused anyway", async () => {
    const text = await front.exchange(
      post(health, "Expect: 100-continue").replace("/rpc", "/nothing").slice(0, -health.length),
    );
    expect(statuses(text)).toEqual([404]);
  });

  it("for anything else is 417", async () => {
    expect(statuses(await front.exchange(post(health, "Expect: a-miracle", "Connection: close")))).toEqual([417]);
  });
});

describe("a head longer than the limit", () => {
  it.each([
    ["by one header", post(health, `X-A: ${"a".repeat(5000)}`)],
    ["by its address", post(health).replace("/rpc", `/${"a".repeat(5000)}`)],
    ["by many headers", post(health, ...Array.from({ length: 500 }, (_, index) => `X-${index}: aaaaaaaa`))],
  ])("%s is 431", async (_, bytes) => {
    const text = await front.exchange(bytes);
    expect(statuses(text)).toEqual([431]);
    await isAlive();
  });
});

describe("a request that comes too slowly is 408", () => {
  it.each([
    ["nothing at all", ""],
    ["half a head", "POST /rpc HTTP/1.1\r\nHost: x\r\n"],
    ["half a body", post(health).slice(0, -5)],
    ["half a chunk", "POST /rpc HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"],
  ])("%s", async (_, bytes) => {
    const started = performance.now();
    const text = await front.exchange(bytes);
    expect(statuses(text)).toEqual([408]);
    // The limit, a second until Node looks again, and room for a busy machine.
    expect(performance.now() - started).toBeLessThan(limits.requestMs + 3000);
  });

  it("even if a byte comes now and then", async () => {
    const wire = await front.open();
    const drip = setInterval(() => wire.socket.write("X"), 100);
    wire.socket.write("POST /rpc HTTP/1.1\r\nHost: x\r\n");
    expect(statuses(await wire.read())).toEqual([408]);
    clearInterval(drip);
  });
});

describe("connections", () => {
  it("that are idle are closed", async () => {
    const wire = await front.open();
    wire.socket.write(post(health));
    await wire.read('"status":"ok"');
    const started = performance.now();
    await wire.read();
    expect(performance.now() - started).toBeGreaterThan(limits.keepAliveMs / 2);
    expect(wire.closed).toBe(true);
  });

  it("beyond the limit are not taken, and are again when one ends", async () => {
    const wires = await Promise.all([1, 2, 3, 4].map(() => front.open()));
    const fifth = await front.open();
    fifth.socket.write(post(health));
    expect(await fifth.read()).toBe("");
    for (const wire of wires) wire.socket.destroy();
    await pause(50);
    await isAlive();
  });
});
