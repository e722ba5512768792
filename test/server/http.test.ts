import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { logBook } from "../rpc/parts.js";
import { Front, post, rpc, statuses } from "./front.js";

const specification = readFileSync(join(import.meta.dirname, "../../openrpc.json"), "utf8");
const json = { "content-type": "application/json" };
const health = rpc("rpc.health");
const healthy = { jsonrpc: "2.0", id: 1, result: { status: "ok" } };
const refusal = (reason: unknown) => ({
  jsonrpc: "2.0",
  id: null,
  error: { code: -32600, message: reason, data: { kind: "invalid_request", request_id: expect.any(String), reason } },
});

let front: Front;
beforeAll(async () => {
  front = await Front.start({ degraded: () => [{ part: "locks", reason: "a test said so" }] });
});
afterAll(() => front.stop());

describe("a call", () => {
  it.each(["/rpc", "/", "/rpc?from=here"])("goes to POST %s", async (path) => {
    const { status, headers, body } = await front.send("POST", path, json, health);
    expect([status, headers["content-type"], JSON.parse(body)]).toEqual([200, "application/json", healthy]);
  });

  it("is JSON by any spelling of its content type, and without one", async () => {
    for (const type of ["application/json", "Application/JSON; charset=UTF-8", 'application/json;charset="utf-8"']) {
      expect((await front.post(health, { "content-type": type })).status, type).toBe(200);
    }
    expect(
      statuses(
        await front.exchange(
          `POST /rpc HTTP/1.1\r\nHost: x\r\nContent-Length: ${health.length}\r\nConnection: close\r\n\r\n${health}`,
        ),
      ),
    ).toEqual([200]);
  });

  it("may come in chunks", async () => {
    const chunks = [...health].map((byte) => `1\r\n${byte}\r\n`).join("");
    const text = await front.exchange(
      `POST /rpc HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`,
    );
    expect(text).toContain(JSON.stringify(healthy));
  });

  it("may name the whole address, as RFC 9112 makes every server accept", async () => {
    const text = await front.exchange(post(health, "Connection: close").replace("/rpc", "http://node/rpc"));
    expect(statuses(text)).toEqual([200]);
  });

  it("that is broken is an answer of JSON-RPC, not of HTTP", async () => {
    expect(await front.post("{")).toMatchObject({ status: 200, body: expect.stringContaining("-32700") });
    expect(await front.post("")).toMatchObject({ status: 200, body: expect.stringContaining("-32700") });
  });

  it("without an id is 204 and has no body", async () => {
    const { status, headers, body } = await front.post(
      '[{"jsonrpc":"2.0","method":"rpc.health"},{"jsonrpc":"2.0","method":"no.such"}]',
    );
    expect([status, headers["content-length"], headers["content-type"], body]).toEqual([204, undefined, undefined, ""]);
  });

  it("gets a request id of its own, the same in the header and in the error", async () => {
    const answers = await Promise.all([front.post(rpc("no.such")), front.post(rpc("no.such"))]);
    const ids = answers.map(({ headers, body }) => [headers["x-request-id"], JSON.parse(body).error.data.request_id]);
    for (const [header, data] of ids) expect(header).toBe(data);
    expect(new Set(ids.flat()).size).toBe(2);
  });

  it("is never told that another origin may read the answer", async () => {
    const { headers } = await front.post(health, { ...json, origin: "https://example.org" });
    expect(Object.keys(headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
  });
});

describe("a request that is not for here", () => {
  it.each(["/nothing", "/rpc/", "/RPC", "/metric", "/..", "/openrpc.json/", "//rpc"])("%s is 404", async (path) => {
    const { status, body } = await front.send("POST", path, json, health);
    expect([status, JSON.parse(body)]).toEqual([404, refusal("there is nothing here; calls go to POST /rpc")]);
  });

  it.each([
    ["GET", "/rpc", "POST"],
    ["GET", "/", "POST"],
    ["PUT", "/rpc", "POST"],
    ["OPTIONS", "/rpc", "POST"],
    ["TRACE", "/rpc", "POST"],
    ["DELETE", "/health", "GET, HEAD"],
    ["POST", "/openrpc.json", "GET, HEAD"],
  ])("%s %s is 405 and says what is allowed", async (method, path, allow) => {
    const { status, headers } = await front.send(method, path);
    expect([status, headers.allow]).toEqual([405, allow]);
  });

  it("CONNECT is 405", async () => {
    const text = await front.exchange("CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n");
    expect(statuses(text)).toEqual([405]);
    expect(text).toMatch(/^Allow: POST, GET, HEAD\r$/m);
  });

  it("an upgrade to another protocol is not taken up", async () => {
    const text = await front.exchange(post(health, "Upgrade: websocket", "Connection: Upgrade, close"));
    expect(text).toContain(JSON.stringify(healthy));
  });
});

it.each(["GET /\r\n\r\n", post(health).replace("HTTP/1.1", "HTTP/2.0")])(
  "HTTP of another version is 505",
  async (bytes) => {
    const text = await front.exchange(bytes);
    expect(statuses(text)).toEqual([505]);
    expect(text).toMatch(/^Connection: close\r$/m);
  },
);

describe("a body in another form", () => {
  it.each([
    ["content-type", "text/plain"],
    ["content-type", "application/x-www-form-urlencoded"],
    ["content-type", "application/json; charset=latin1"],
    ["content-type", "application/jsonx"],
    ["content-type", ""],
    ["content-encoding", "gzip"],
    ["content-encoding", "identity"],
  ])("%s: %s is 415", async (name, value) => {
    const { status, body } = await front.post(health, { ...json, [name]: value });
    expect([status, JSON.parse(body)]).toEqual([415, refusal(expect.any(String))]);
  });

  it("an unknown transfer coding is 501", async () => {
    const text = await front.exchange(
      "POST /rpc HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    );
    expect(statuses(text)).toEqual([501]);
  });
});

describe("a request with two readings is 400 and ends the connection", () => {
  it.each([
    ["two hosts", post(health, "Host: other")],
    ["no host", post(health).replace("Host: node\r\n", "")],
    ["two lengths", post(health, "Content-Length: 3")],
    ["a length and chunks", post(health, "Transfer-Encoding: chunked")],
    ["a negative length", post(health).replace(/Content-Length: \d+/, "Content-Length: -1")],
    ["a folded header", post(health, "X-A: 1\r\n 2")],
    ["a space before the colon", post(health, "X-A : 1")],
    ["a NUL in a header", post(health, "X-A: \0")],
    ["a bare line feed", post(health).replaceAll("\r\n", "\n")],
    ["no HTTP", "hello\r\n\r\n"],
    ["HTTP of another age", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["a wrong chunk", "POST /rpc HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"],
    ["TLS", Buffer.from("16030100a5010000a1", "hex").toString("latin1")],
  ])("%s", async (_, bytes) => {
    const text = await front.exchange(bytes);
    expect(statuses(text)).toEqual([400]);
    expect(text).toMatch(/^Connection: close\r$/m);
    expect(JSON.parse(text.slice(text.indexOf("\r\n\r\n")))).toEqual(refusal(expect.any(String)));
  });
});

describe("credentials, while there is nothing to check them against", () => {
  it("refuse each call of a body under its own id", async () => {
    const { status, body } = await front.post(`[${rpc("rpc.health", "a")},${rpc("net.routes", 2)}]`, {
      ...json,
      authorization: "Bearer x",
    });
    const refused = (id: unknown) => expect.objectContaining({ id, error: expect.objectContaining({ code: -32001 }) });
    expect([status, JSON.parse(body)]).toEqual([200, [refused("a"), refused(2)]]);
  });

  it.each(["/health", "/openrpc.json", "/.well-known/heroservice.json"])("are 401 for GET %s", async (path) => {
    const { status, body } = await front.send("GET", path, { "x-public-key": "00" });
    expect([status, JSON.parse(body)]).toMatchObject([
      401,
      { error: { data: { kind: "unauthenticated", reason: "not_configured" } } },
    ]);
  });
});

describe("GET /openrpc.json", () => {
  it("is the specification, byte for byte", async () => {
    const { status, headers, body } = await front.send("GET", "/openrpc.json");
    expect([status, headers["content-type"]]).toEqual([200, "application/json"]);
    expect(body).toBe(specification);
  });

  it("is not sent again to who has it", async () => {
    const { headers } = await front.send("HEAD", "/openrpc.json");
    const etag = headers.etag ?? "";
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      const again = await front.send("GET", "/openrpc.json", { "if-none-match": known });
      expect([again.status, again.headers.etag, again.body], known).toEqual([304, etag, ""]);
    }
    expect((await front.send("GET", "/openrpc.json", { "if-none-match": '"other"' })).status).toBe(200);
  });

  it("tells HEAD its length and no more", async () => {
    const { status, headers, body } = await front.send("HEAD", "/openrpc.json");
    expect([status, Number(headers["content-length"]), body]).toEqual([200, Buffer.byteLength(specification), ""]);
  });
});

describe("GET /health", () => {
  it("says that the daemon lives, and to readers what does not work", async () => {
    const { status, body } = await front.send("GET", "/health");
    expect([status, JSON.parse(body)]).toEqual([
      200,
      { status: "ok", degraded: [{ part: "locks", reason: "a test said so" }] },
    ]);
  });

  it("says to others only that it lives", async () => {
    const closed = await Front.start({
      right: "none",
      degraded: () => [{ part: "x", reason: "y" }],
    });
    const { status, body } = await closed.send("GET", "/health");
    closed.stop();
    expect([status, body]).toEqual([200, '{"status":"ok"}']);
  });
});

it("GET /.well-known/heroservice.json says who this is", async () => {
  const { status, body } = await front.send("GET", "/.well-known/heroservice.json");
  const { title, version, description } = JSON.parse(specification).info;
  expect([status, JSON.parse(body)]).toEqual([
    200,
    {
      protocol: "openrpc",
      name: "my_os_server",
      title,
      version,
      description,
      socket: front.socket,
      node: "0123456789abcdef0123456789abcdef",
    },
  ]);
});

it.each([
  ["not for here", post(health).replace("/rpc", "/nothing"), "refused"],
  ["no HTTP", "NONSENSE\r\n\r\n", "refused"],
  ["no proxy", "CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n", "refused"],
  ["no JSON", post("{"), "no call"],
  ["no request object", post("[7]"), "no call"],
  ["no such method", post(rpc("net.nothing")), "call"],
])("an answer to what is %s carries the id of its line in the log", async (_, bytes, said) => {
  const log = logBook();
  const verbose = await Front.start({ parts: { log } });
  const text = await verbose.exchange(bytes, '"request_id"');
  verbose.stop();
  const [, id] = /"request_id":"([^"]+)"/.exec(text) ?? [];
  expect(text).toContain(`X-Request-Id: ${id}\r\n`);
  expect(log.lines).toEqual([{ said: `debug ${said}`, fields: expect.objectContaining({ request_id: id }) }]);
});

it("a defect in a route is 500, told to the log alone", async () => {
  const broken = await Front.start({
    degraded: () => {
      throw new Error("secret");
    },
  });
  const { status, body } = await broken.send("GET", "/health");
  broken.stop();
  expect([status, JSON.parse(body).error]).toMatchObject([500, { code: -32603, data: { kind: "internal_error" } }]);
  expect(body).not.toContain("secret");
});
