import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { connect, isMyOsError, MyOsConnectionError, methods, version } from "../../sdk/index.js";
import { defaultSocket } from "../../sdk/options.js";
import { Certificates, type Certified, keyOf } from "../world/certificates.js";
import { Daemon } from "../world/daemon.js";
import { accessListText, people, tokens } from "../world/people.js";
import { answering, http, PlayedUpstream } from "../world/played-upstream.js";
import { listening, portOf } from "../world/remote.js";

let folder: string;
let certificates: Certificates;
let authority: Certified;
let clientCertificate: Certified;
let daemon: Daemon;
const pem = (person: { readonly privateKey: import("node:crypto").KeyObject }) =>
  person.privateKey.export({ type: "pkcs8", format: "pem" }).toString();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "mos-t-sdk-"));
  certificates = new Certificates();
  authority = certificates.make({ isAuthority: true });
  clientCertificate = certificates.make({ by: authority, algorithm: "ed25519" });
  const acl = join(folder, "acl.toml");
  const reader = `users = ["${people.reader.publicKey}"`;
  writeFileSync(acl, accessListText("none").replace(reader, `${reader}, "${keyOf(clientCertificate)}"`));
  daemon = await Daemon.start(["--acl", acl, "--check-results", ...listening(certificates.make({ by: authority }))]);
});
afterAll(async () => {
  await daemon?.stop();
  certificates?.remove();
  rmSync(folder, { recursive: true });
});

const local = (options: object = {}) => connect({ socket: daemon.socket, ...options });
const remote = (options: object = {}) =>
  connect({ url: `https://localhost:${portOf(daemon)}`, caFile: authority.certificate, ...options });
const reason = (error: unknown) => (isMyOsError(error, "unauthenticated") ? error.data.reason : error);

describe("who asks", () => {
  it.each([
    ["a private key", () => ({ key: pem(people.admin) }), "admin", "signature"],
    ["a bearer token", () => ({ token: tokens.operator }), "write", "token"],
    ["a public key that a trusted peer tells", () => ({ publicKey: people.reader.publicKey }), "read", "peer"],
  ])("on the socket, %s", async (_, options, right, proof) => {
    const os = local(options());
    expect(await os.whoami()).toMatchObject({ kind: "identified", right, proof });
    expect(await os.call("net.dns").then(() => "answered")).toBe("answered");
    os.close();
  });

  it.each([
    ["a private key", () => ({ key: pem(people.nested) }), "admin", "signature"],
    ["a bearer token", () => ({ token: tokens.reader }), "read", "token"],
    [
      "a client certificate",
      () => ({ certFile: clientCertificate.certificate, certKeyFile: clientCertificate.key }),
      "read",
      "certificate",
    ],
  ])("over TLS, %s", async (_, options, right, proof) => {
    const os = remote(options());
    expect(await os.whoami()).toMatchObject({ kind: "identified", right, proof });
    expect(await os.net.routes({ family: "inet" })).toEqual(expect.any(Array));
    os.close();
  });

  it("a key file, and every request is signed anew", async () => {
    const keyFile = join(folder, "admin.key");
    writeFileSync(keyFile, pem(people.admin), { mode: 0o600 });
    const os = local({ keyFile });
    const answers = await Promise.all(Array.from({ length: 20 }, () => os.rpc.health()));
    expect(answers).toHaveLength(20);
  });

  it("a key that is none of Ed25519 is refused before anything is sent", () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    expect(() => local({ key: pem({ privateKey }) })).toThrow(/Ed25519/);
  });

  it("an expired token is told as such", async () => {
    expect(
      reason(
        await local({ token: tokens.expired })
          .net.dns()
          .catch((error: unknown) => error),
      ),
    ).toBe("expired");
    expect(
      reason(
        await local({ token: tokens.expired })
          .whoami()
          .catch((error: unknown) => error),
      ),
    ).toBe("expired");
  });

  it("a clock that is wrong is set right by the daemon's own", async () => {
    const now = Date.now;
    Date.now = () => now() - 3_600_000;
    try {
      const os = local({ key: pem(people.admin) });
      expect(await os.net.dns()).toMatchObject({ nameservers: expect.any(Array) });
    } finally {
      Date.now = now;
    }
  });
});

describe("a call", () => {
  it("answers its result under its own path, by its name, and in a batch", async () => {
    const os = local({ key: pem(people.reader) });
    const links = await os.net.interfaces();
    expect(links.map(({ ifname }) => ifname)).toContain("lo");
    expect((await os.call("net.interfaces", { name: "lo" })).map(({ ifname }) => ifname)).toEqual(["lo"]);
    const [dns, denied, unknown] = await os.batch([
      ["net.dns"],
      ["net.routes.add", { dst: "198.51.100.0/24" }],
      ["net.routes", { table: "no-such-table" }],
    ]);
    expect(dns).toMatchObject({ ok: true, result: { nameservers: expect.any(Array) } });
    expect(denied).toMatchObject({ ok: false, error: { kind: "permission_denied" } });
    expect(unknown).toMatchObject({ ok: false, error: { kind: "invalid_argument", data: { field: "table" } } });
    expect(await os.batch([])).toEqual([]);
  });

  it("rejects with the daemon's error, its kind and its data", async () => {
    const error = await local({ token: tokens.reader })
      .net.firewall.remove_rule({ id: "fw-1" })
      .catch((error: unknown) => error);
    expect(isMyOsError(error)).toBe(true);
    expect(isMyOsError(error, "in_use")).toBe(false);
    expect(error).toMatchObject({
      name: "MyOsError",
      kind: "permission_denied",
      code: -32003,
      method: "net.firewall.remove_rule",
      data: { required: "write", granted: "read", request_id: expect.any(String) },
    });
  });

  it("is given up when its signal says so", async () => {
    const signal = AbortSignal.abort(new Error("no longer wanted"));
    await expect(local({ token: tokens.reader }).net.dns({}, { signal })).rejects.toThrow("no longer wanted");
  });

  it("discovers the specification without a warning where the versions are one", async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error) => warnings.push(warning);
    process.on("warning", listen);
    const document = await local({ token: tokens.reader }).discover();
    await new Promise(setImmediate);
    process.off("warning", listen);
    expect(document.info.version).toBe(version);
    expect(document.methods).toHaveLength(Object.keys(methods).length);
    expect(warnings).toEqual([]);
  });

  it("asks for health, which tells readers more", async () => {
    expect(await local().health()).toEqual({ status: "ok" });
    expect(await local({ token: tokens.reader }).health()).toEqual({ status: "ok", degraded: [] });
  });
});

describe("a server that cannot be trusted", () => {
  it("is told by the words of the error", async () => {
    const words = async (options: object) => {
      const error = await remote(options)
        .rpc.health()
        .catch((error: unknown) => error);
      return error instanceof MyOsConnectionError ? `${error.reason}: ${error.message}` : error;
    };
    expect(await words({ caFile: certificates.make({ isAuthority: true }).certificate })).toMatch(
      /^unreachable: .*authority that is not trusted/,
    );
    expect(await words({ serverName: "elsewhere.example" })).toMatch(/^unreachable: .*for another host/);
  });
});

describe("what has no answer", () => {
  let played: PlayedUpstream;
  beforeEach(async () => {
    played = new PlayedUpstream(join(folder, "played.sock"));
    await played.start();
    return () => played.stop();
  });
  const os = (options: object = {}) => connect({ socket: played.path, ...options });
  const failure = (promise: Promise<unknown>) => promise.catch((error: unknown) => error);

  it("reads are asked again, and writes never", async () => {
    played.behave = (heard, socket) => (played.heard.length < 3 ? socket.destroy() : answering("[]")(heard, socket));
    expect(await os().net.routes()).toEqual([]);
    expect(played.heard).toHaveLength(3);
    played.behave = (_, socket) => socket.destroy();
    const write = await failure(os().net.routes.add({ dst: "198.51.100.0/24" }));
    expect(write).toMatchObject({ name: "MyOsConnectionError", reason: "lost", mayHaveHappened: true });
    expect(played.heard).toHaveLength(4);
    expect(await failure(os({ retries: 0 }).net.routes())).toMatchObject({ reason: "lost", mayHaveHappened: false });
    expect(played.heard).toHaveLength(5);
  });

  it("reads wait where the daemon is overloaded, and writes are told", async () => {
    const overloaded = (id: number) =>
      `{"jsonrpc":"2.0","id":${id},"error":{"code":-32005,"message":"busy","data":{"kind":"overloaded","request_id":"x","retry_after_ms":1}}}`;
    played.behave = (heard, socket) =>
      played.heard.length < 3 ? socket.write(http(overloaded(heard.body.id))) : answering("[]")(heard, socket);
    expect(await os().net.routes()).toEqual([]);
    played.heard.length = 0;
    expect(await failure(os().net.routes.add({ dst: "198.51.100.0/24" }))).toMatchObject({ kind: "overloaded" });
    expect(played.heard).toHaveLength(1);
  });

  it("ends at its time limit", async () => {
    played.behave = () => {};
    expect(await failure(os().net.dns({}, { timeoutMs: 50 }))).toMatchObject({
      reason: "timeout",
      mayHaveHappened: false,
    });
    const write = os({ timeoutMs: 50 }).net.routes.add({ dst: "198.51.100.0/24" });
    expect(await failure(write)).toMatchObject({ reason: "timeout", mayHaveHappened: true });
  });

  it("is malformed where something else answers", async () => {
    played.behave = (_, socket) => socket.write(http("<html></html>", "502 Bad Gateway", "text/html"));
    expect(await failure(os().net.dns())).toMatchObject({ reason: "malformed" });
    played.behave = ({ body }, socket) => socket.write(http(`{"jsonrpc":"2.0","id":${body.id + 1},"result":1}`));
    expect(await failure(os().net.dns())).toMatchObject({ reason: "malformed" });
  });

  it("is unreachable where nobody is, in words that help", async () => {
    const nowhere = await failure(connect({ socket: join(folder, "nothing.sock") }).rpc.health());
    expect(nowhere).toMatchObject({ reason: "unreachable", message: expect.stringMatching(/is my-os-server running/) });
  });

  it("gives 64-bit integers as they are asked for", async () => {
    played.behave = answering('[{"size_bytes":18446744073709551615,"used_bytes":12,"target":"9007199254740993"}]');
    const [exact] = await os({ integers: "exact" }).vol.usage();
    expect(exact).toMatchObject({ size_bytes: 18446744073709551615n, used_bytes: 12, target: "9007199254740993" });
    const [rounded] = await os().vol.usage();
    expect(rounded).toMatchObject({ size_bytes: 2 ** 64, used_bytes: 12 });
  });

  it("warns of a daemon of another version, and says what it lacks", async () => {
    played.behave = answering('{"info":{"version":"9.9.9"},"methods":[{"name":"rpc.discover"}]}');
    const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
    await os().discover();
    expect((await warned).message).toMatch(/version 9\.9\.9.*lacks rpc\.health/);
  });

  it("sends 64-bit integers exactly", async () => {
    await os()
      .vol.set_quota({ path: "/srv", max_referenced_bytes: 18446744073709551615n } as never)
      .catch(() => {});
    expect(played.heard[0]?.text).toContain(":18446744073709551615");
  });
});

describe("where a daemon is", () => {
  it.each([
    [{ MY_OS_SOCKET: "/a.sock", HERO_SOCKET_DIR: "/b" }, "/a.sock"],
    [{ HERO_SOCKET_DIR: "/b", HOME: "/home/op" }, "/b/hero_db_root_os.sock"],
    [{ HOME: "/home/op" }, "/home/op/hero/var/sockets/hero_db_root_os.sock"],
  ])("with %j is %s", (env, place) => {
    expect(defaultSocket(env)).toBe(place);
  });

  it.each([
    [{ url: "http://node.example" }, /remote daemons speak https/],
    [{ url: "node.example:7443" }, /is not spoken|is no URL/],
    [{ url: "https://node.example/rpc" }, /only host and port/],
    [{ url: "https://node.example", socket: "/a.sock" }, /exclude each other/],
  ])("%j is refused", (options, words) => {
    expect(() => connect(options)).toThrow(words);
  });
});
