import { type ClientRequest, request } from "node:http";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Daemon, pause } from "../world/daemon.js";

let daemon: Daemon;

beforeAll(async () => {
  daemon = await Daemon.start(["--check-results"]);
});
afterAll(() => daemon.stop());

const health = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "rpc.health" });
const head = (length: number) =>
  `POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;

const open = (): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(daemon.socket, () => resolve(socket));
    socket.on("error", reject);
  });

const nextText = (socket: Socket): Promise<string> =>
  new Promise((resolve) => socket.once("data", (data) => resolve(String(data))));

describe("200 connections at once", () => {
  it("each gets its own answer", async () => {
    const sockets = await Promise.all(Array.from({ length: 200 }, open));
    const answers = sockets.map(nextText);
    for (const [id, socket] of sockets.entries()) {
      const body = JSON.stringify({ jsonrpc: "2.0", id, method: "rpc.health" });
      socket.write(head(body.length) + body);
    }
    for (const [id, answer] of (await Promise.all(answers)).entries())
      expect(JSON.parse(String(answer.split("\r\n\r\n")[1]))).toEqual({ jsonrpc: "2.0", id, result: { status: "ok" } });
    for (const socket of sockets) socket.destroy();
  });

  it("each call of a read that takes time is answered or told to come again, never lost", async () => {
    const calls = await Promise.all(Array.from({ length: 200 }, () => daemon.call("net.interfaces")));
    const refused = calls.filter(({ error }) => error);
    for (const { error } of refused)
      expect(error).toMatchObject({ code: -32005, data: { kind: "overloaded", retry_after_ms: expect.any(Number) } });
    expect(calls.length - refused.length).toBeGreaterThan(0);
    expect(await daemon.call("net.interfaces")).toMatchObject({ result: expect.any(Array) });
  });
});

describe("senders that hang up before they are refused", () => {
  it.each([
    ["CONNECT", "CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["CONNECT behind a call", `${head(health.length)}${health}CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n`],
    ["CONNECT and more", `CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n${"x".repeat(100_000)}`],
    ["an upgrade", "GET /health HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"],
    ["nonsense", "NONSENSE\r\n\r\n"],
  ])("%s does not end the daemon", async (_, bytes) => {
    for (let round = 0; round < 50; round += 1) {
      const socket = await open();
      await new Promise((resolve) => socket.write(bytes, resolve));
      socket.destroy();
    }
    expect(await daemon.call("rpc.health")).toMatchObject({ result: { status: "ok" } });
    expect(daemon.isAlive).toBe(true);
  });
});

describe("requests that are slow or never finished", () => {
  it("50 half-sent requests hold nobody up and are dropped when their senders go", async () => {
    const halves = await Promise.all(Array.from({ length: 50 }, open));
    for (const [index, socket] of halves.entries()) socket.write(head(health.length).slice(0, 20 + index));
    expect(await daemon.call("rpc.health")).toMatchObject({ result: { status: "ok" } });
    for (const socket of halves) socket.destroy();
    expect(await daemon.call("rpc.health")).toMatchObject({ result: { status: "ok" } });
  });

  it("a body sent byte by byte is answered like any other", async () => {
    const socket = await open();
    const answer = nextText(socket);
    socket.write(head(health.length));
    for (const byte of health) {
      socket.write(byte);
      await pause(1);
    }
    expect(await answer).toContain('"result":{"status":"ok"}');
    socket.destroy();
  });
});

describe("a body of 100 MB", () => {
  const chunk = Buffer.alloc(1 << 20, 0x20);

  /** Writes until the peer refuses; the status it answered, if any. */
  const pour = (headers: Record<string, string | number>): Promise<number | undefined> =>
    new Promise((resolve) => {
      let status: number | undefined;
      const sent: ClientRequest = request(
        {
          socketPath: daemon.socket,
          path: "/rpc",
          method: "POST",
          headers: { "content-type": "application/json", ...headers },
        },
        (response) => {
          status = response.statusCode;
          response.resume();
        },
      );
      sent.on("error", () => undefined);
      sent.on("close", () => resolve(status));
      let left = 100;
      const write = (): void => {
        while (left > 0 && !sent.destroyed) {
          left -= 1;
          if (!sent.write(chunk)) return void sent.once("drain", write);
        }
        if (!sent.destroyed) sent.end();
      };
      write();
    });

  it.each([
    ["of announced length", { "content-length": 100 << 20 }],
    ["in chunks", { "transfer-encoding": "chunked" }],
  ])("%s is refused with 413 and never held in memory", async (_, headers) => {
    const before = daemon.rss;
    expect(await pour(headers)).toBe(413);
    expect(daemon.rss - before).toBeLessThan(32);
    expect(await daemon.call("rpc.health")).toMatchObject({ result: { status: "ok" } });
  });
});

describe("batches", () => {
  const batch = (size: number) =>
    `[${Array.from({ length: size }, (_, id) => JSON.stringify({ jsonrpc: "2.0", id, method: "rpc.health" })).join()}]`;

  it("1,000 calls are answered in order", async () => {
    const { status, body } = await daemon.post(batch(1000));
    expect(status).toBe(200);
    const answers: { id: number; result: unknown }[] = JSON.parse(body.toString());
    expect(answers.map(({ id }) => id)).toEqual(Array.from({ length: 1000 }, (_, id) => id));
    expect(answers.every(({ result }) => JSON.stringify(result) === '{"status":"ok"}')).toBe(true);
  });

  it("1,001 calls are one invalid request", async () => {
    const { body } = await daemon.post(batch(1001));
    expect(JSON.parse(body.toString())).toMatchObject({
      id: null,
      error: { code: -32600, data: { kind: "invalid_request" } },
    });
  });

  it("1,000 copies of a broken call are 1,000 errors", async () => {
    const { body } = await daemon.post(`[${Array.from({ length: 1000 }, () => "1").join()}]`);
    const answers: { id: null; error: { code: number } }[] = JSON.parse(body.toString());
    expect(answers).toHaveLength(1000);
    expect(answers.every(({ id, error }) => id === null && error.code === -32600)).toBe(true);
  });
});
