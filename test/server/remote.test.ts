import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signRequest } from "../../sdk/signature.js";
import { Certificates, keyOf } from "../world/certificates.js";
import { Daemon, pause } from "../world/daemon.js";
import { send } from "../world/peer.js";
import { accessListText, people, tokens } from "../world/people.js";
import { listening, portOf, Remote } from "../world/remote.js";
import { rpc, statuses } from "./front.js";

const made = new Certificates();
const authority = made.make({ isAuthority: true });
const own = made.make({ by: authority, hosts: ["localhost", "127.0.0.1", "::1", "*.node.example"] });
const bearer = { Authorization: `Bearer ${tokens.operator}` };
const json = { "Content-Type": "application/json" };
let daemon: Daemon;
let remote: Remote;
let node: string;

beforeAll(async () => {
  const acl = made.write("acl.toml", accessListText("read"));
  const limits = ["--limit-connections-per-address", "20", "--limit-calls-per-peer", "2"];
  daemon = await Daemon.start(["--acl", acl, ...listening(own), ...limits, "--check-results"]);
  remote = new Remote(portOf(daemon), authority.certificate);
  node = JSON.parse((await daemon.get("/.well-known/heroservice.json")).body.toString()).node;
});
afterAll(async () => {
  await daemon.stop();
  made.remove();
});

/** The audit's lines that hold a word. */
const audited = (word: string): Record<string, unknown>[] =>
  readFileSync(join(daemon.folder, "state/audit.log"), "utf8")
    .split("\n")
    .filter((line) => line.includes(word))
    .map((line) => JSON.parse(line));

describe("a request over the network", () => {
  it.each([
    ["localhost", 200],
    ["LOCALHOST:1", 200],
    ["localhost.", 200],
    ["127.0.0.1", 200],
    ["[::1]:8443", 200],
    ["a.node.example", 200],
    ["node.example", 421],
    ["a.b.node.example", 421],
    ["attacker.example", 421],
    ["localhost.attacker.example", 421],
    ["localhost@attacker.example", 421],
    ["localhost:x", 421],
    ["[localhost]", 421],
    ["127.0.0.2", 421],
  ])("for the host %j is %i", async (host, status) => {
    const answer = await remote.get("/health", { ...bearer, Host: host });
    expect(answer.status).toBe(status);
    if (status === 421) expect(answer.text).not.toContain("node.example");
  });

  it.each([
    ["https://attacker.example", 403],
    ["http://localhost", 403],
    ["null", 403],
    ["", 403],
    ["same", 200],
  ])("from the origin %j is %i", async (origin, status) => {
    const from = origin === "same" ? `https://${remote.authority}` : origin;
    expect((await remote.post(rpc("rpc.health"), { ...bearer, Origin: from })).status).toBe(status);
    expect((await remote.get("/health", { ...bearer, Origin: from })).status).toBe(status);
  });

  it("from a browser that asks first whether it may is refused", async () => {
    const asks = { Origin: "https://attacker.example", "Access-Control-Request-Method": "POST" };
    const { status } = await remote.send({ method: "OPTIONS", headers: asks });
    expect(status).toBe(403);
  });

  it("says that its body is JSON, or is 415", async () => {
    for (const headers of [{}, { "Content-Type": "text/plain" }, { "Content-Type": "multipart/form-data" }])
      expect((await remote.send({ body: rpc("rpc.health"), headers: { ...bearer, ...headers } })).status).toBe(415);
    expect((await remote.post(rpc("rpc.health"), bearer)).status).toBe(200);
  });

  it("without a host is refused", async () => {
    for (const host of ["Host:\r\n", ""]) {
      const wire = await remote.open();
      wire.socket.write(`GET /health HTTP/1.1\r\n${host}\r\n`);
      expect(statuses(await wire.read())).toEqual([host === "" ? 400 : 421]);
    }
  });

  it("whose target names another host than Host is 400", async () => {
    const wire = await remote.open();
    wire.socket.write("GET https://127.0.0.1/health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    expect(statuses(await wire.read())).toEqual([400]);
    const other = await remote.open();
    other.socket.write("GET https://attacker.example/health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    expect(statuses(await other.read())).toEqual([421]);
  });
});

describe("a long body", () => {
  const long = rpc("rpc.health").padEnd(65 * 1024);
  const sign = (key: (typeof people)["admin"], body: string) =>
    signRequest({ method: "POST", target: "/rpc", node, body, authority: remote.authority }, key, {
      created: Math.floor(Date.now() / 1000) + 2,
    });

  it("is taken from who is in the access list, and locally from anybody", async () => {
    expect((await remote.post(long, bearer)).status).toBe(200);
    expect((await remote.post(long, { ...sign(people.reader, long) })).status).toBe(200);
    expect((await daemon.post(long)).status).toBe(200);
  });

  it("is 413 from everybody else", async () => {
    const strangers = [{}, { Authorization: "Bearer x" }, { ...sign(people.stranger, long) }];
    for (const headers of strangers) {
      const { status, text } = await remote.post(long, headers);
      expect([status, text]).toEqual([413, expect.stringContaining("at most 65536 bytes")]);
    }
    const chunked = await remote.send({ body: long, headers: { ...json, "Transfer-Encoding": "chunked" } });
    expect(chunked.status).toBe(413);
  });
});

describe("a signature", () => {
  it("that was used on the network is used up on the socket too", async () => {
    const body = rpc("rpc.health");
    const signed = signRequest(
      { method: "POST", target: "/rpc", node, body, authority: remote.authority },
      people.admin,
      {
        created: Math.floor(Date.now() / 1000) + 2,
      },
    );
    const headers = { ...json, Host: remote.authority, ...signed };
    expect(JSON.parse((await remote.post(body, headers)).text)).toHaveProperty("result");
    const replayed = await send({ socket: daemon.socket, method: "POST", path: "/rpc", headers, body });
    expect(JSON.parse(replayed.text).error.data.reason).toBe("replayed");
  });
});

describe("the audit", () => {
  it("says where a refused caller is, and which key it claimed to have", async () => {
    await remote.post(rpc("net.bridge.add", 1, { name: "br0" }), {
      "X-Public-Key": people.admin.publicKey.toUpperCase(),
    });
    expect(audited("unsigned_key").at(-1)).toMatchObject({
      identity: { kind: "unauthenticated", claimed_key: people.admin.publicKey },
      address: "127.0.0.1",
      method: "net.bridge.add",
      outcome: "unauthenticated",
      reason: "unsigned_key",
    });
    expect(audited("unsigned_key").at(-1)).not.toHaveProperty("peer");
    const forged = { publicKey: people.admin.publicKey, privateKey: people.stranger.privateKey };
    const body = rpc("net.status");
    const fields = signRequest({ method: "POST", target: "/rpc", node, body, authority: remote.authority }, forged, {
      created: Math.floor(Date.now() / 1000) + 2,
    });
    await remote.post(body, { ...fields });
    expect(audited("bad_signature").at(-1)).toMatchObject({
      identity: { kind: "unauthenticated", claimed_key: people.admin.publicKey },
    });
  });

  it("says where a caller is who may write, and how it was proven", async () => {
    const { text } = await remote.post(rpc("net.bridge.delete", 1, { name: "mos-no-such" }), bearer);
    const { kind } = JSON.parse(text).error.data;
    expect(audited("mos-no-such")).toEqual([
      expect.objectContaining({
        identity: { kind: "identified", key: people.operator.publicKey, proof: "token" },
        address: "127.0.0.1",
        method: "net.bridge.delete",
        outcome: kind,
      }),
    ]);
  });
});

it("GET /whoami says where the caller is", async () => {
  expect(JSON.parse((await remote.get("/whoami", bearer)).text)).toEqual({
    kind: "identified",
    key: people.operator.publicKey,
    proof: "token",
    groups: ["operators"],
    right: "write",
    address: "127.0.0.1",
  });
  expect((await remote.get("/whoami")).status).toBe(403);
});

describe("too much from one address", () => {
  it("is refused connections, and gets them again when some have ended; the socket is not touched", async () => {
    const idle = await Promise.all(Array.from({ length: 20 }, () => remote.openPlain()));
    const beyond = await remote.openPlain();
    await beyond.read();
    expect(beyond.closed).toBe(true);
    await expect(remote.get("/health", bearer)).rejects.toThrow();
    expect(await daemon.call("rpc.health")).toMatchObject({ result: { status: "ok" } });
    for (const { socket } of idle) socket.destroy();
    const status = async (): Promise<number> =>
      remote.get("/health", bearer).then(
        ({ status: code }) => code,
        () => pause(20).then(status),
      );
    expect(await status()).toBe(200);
  });

  it("is told `overloaded`, and answered again afterwards", async () => {
    const answers = await Promise.all(
      Array.from({ length: 15 }, () => remote.post(rpc("net.interfaces"), bearer).then(({ text }) => JSON.parse(text))),
    );
    const refused = answers.filter(({ error }) => error);
    for (const { error } of refused)
      expect(error).toMatchObject({ code: -32005, data: { kind: "overloaded", retry_after_ms: expect.any(Number) } });
    expect(answers.some(({ result }) => Array.isArray(result))).toBe(true);
    expect(JSON.parse((await remote.post(rpc("net.interfaces"), bearer)).text)).toHaveProperty("result");
  });
});

describe("with an authority for client certificates", () => {
  const client = made.make({ algorithm: "ed25519", by: authority });
  const outsider = made.make({ algorithm: "ed25519" });
  let strict: Daemon;

  beforeAll(async () => {
    const list = `${accessListText("read")}
[[group]]
name = "machines"
users = ${JSON.stringify([keyOf(client), keyOf(outsider)])}
[[ace]]
right = "write"
groups = ["machines"]
`;
    const acl = made.write("strict.toml", list);
    strict = await Daemon.start(["--acl", acl, ...listening(own), "--tls-client-ca", authority.certificate]);
  });
  afterAll(() => strict.stop());

  it("takes those that it signed, and nobody else's whatever the list says; who has none comes as before", async () => {
    const there = new Remote(portOf(strict), authority.certificate);
    expect(JSON.parse((await there.with(client).get("/whoami")).text)).toMatchObject({ right: "write" });
    const { status, text } = await there.with(outsider).get("/whoami");
    expect([status, JSON.parse(text).error.data.reason]).toEqual([401, "unknown_certificate"]);
    expect((await there.get("/whoami", bearer)).status).toBe(200);
  });
});

it("without an access list nobody may do anything over the network, and the log says so", async () => {
  const open = await Daemon.start(listening(own));
  try {
    const there = new Remote(portOf(open), authority.certificate);
    expect(JSON.parse((await there.post(rpc("rpc.health"))).text).error.data.kind).toBe("permission_denied");
    const { error } = JSON.parse((await there.with(own).post(rpc("rpc.health"))).text);
    expect(error.data).toMatchObject({ kind: "unauthenticated", reason: "not_configured" });
    expect(open.log).toContain("nobody may do anything over the network");
  } finally {
    await open.stop();
  }
  expect(existsSync(open.socket)).toBe(false);
});
