import { execFile, spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls, createServer as createTlsServer, type TLSSocket } from "node:tls";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { connect } from "../../sdk/index.js";
import { TlsInForce } from "../../src/server/tls/in-force.js";
import { logBook } from "../rpc/parts.js";
import { Certificates, type Certified } from "../world/certificates.js";
import { Daemon, pause } from "../world/daemon.js";
import { accessListText, tokens } from "../world/people.js";
import { listening, portOf, Remote } from "../world/remote.js";
import { rpc, statuses } from "./front.js";

const made = new Certificates();
const authority = made.make({ isAuthority: true });
const other = made.make({ isAuthority: true });
const good = made.make({ by: authority });
const acl = made.write("acl.toml", accessListText("read"));
afterAll(() => made.remove());

const start = (certified: Certified, ...flags: string[]) =>
  Daemon.start(["--acl", acl, ...listening(certified), "--check-results", ...flags]);
const bearer = { Authorization: `Bearer ${tokens.reader}` };
const binary = join(import.meta.dirname, "../../dist/src/bin/my-os-server-native.js");
const run = promisify(execFile);

describe("a server that a client must not trust", () => {
  const cases = [
    [
      "with an expired certificate",
      { by: authority, from: -3, to: -2 },
      /certificate has expired/,
      /has expired/,
      /its certificate has expired/,
    ],
    [
      "with a certificate for another host",
      { by: authority, hosts: ["other.example"] },
      /altnames/,
      /no alternative/,
      /its certificate is for another host/,
    ],
    [
      "of another authority",
      { by: other },
      /unable to (verify|get)/,
      /unable to get local issuer/,
      /authority that is not trusted/,
    ],
    ["that signed its own certificate", {}, /self-signed certificate/, /self-signed/, /authority that is not trusted/],
  ] as const;

  it.each(cases)("%s is not trusted, and the client says why", async (_, options, words, curlWords, ourWords) => {
    const daemon = await start(made.make(options));
    try {
      const remote = new Remote(portOf(daemon), authority.certificate);
      await expect(remote.get("/health", bearer)).rejects.toThrow(words);
      const curl = run("curl", ["-sS", "--cacert", authority.certificate, `https://${remote.authority}/health`]);
      await expect(curl).rejects.toThrow(curlWords);
      const os = connect({ url: `https://${remote.authority}`, caFile: authority.certificate, token: tokens.reader });
      await expect(os.call("rpc.health")).rejects.toThrow(ourWords);
      os.close();
      // The daemon itself goes on, and tells readers what it can know of it.
      expect(await daemon.call("rpc.health")).toMatchObject({ result: { status: "ok" } });
      const { degraded } = JSON.parse((await daemon.get("/health")).body.toString());
      const expired = { part: "TLS certificate", reason: expect.stringContaining("expired at") };
      expect(degraded).toEqual(
        "to" in options ? expect.arrayContaining([expired]) : expect.not.arrayContaining([expired]),
      );
    } finally {
      await daemon.stop();
    }
  });
});

describe("a daemon on the network", () => {
  let daemon: Daemon;
  let remote: Remote;
  beforeAll(async () => {
    daemon = await start(good);
    remote = new Remote(portOf(daemon), authority.certificate);
  });
  afterAll(() => daemon.stop());

  it("answers there and on its socket", async () => {
    const { text } = await remote.post(rpc("net.interfaces"), bearer);
    expect(JSON.parse(text)).toMatchObject({ id: 1, result: expect.any(Array) });
    expect(await daemon.call("net.interfaces")).toMatchObject({ result: expect.any(Array) });
  });

  it("tells who speaks HTTP in the clear that this is TLS, and hangs up", async () => {
    for (const bytes of ["GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n", "PRI * HTTP/2.0\r\n\r\n", "\0", "\x80"]) {
      const wire = await remote.openPlain();
      wire.socket.write(bytes);
      const text = await wire.read();
      expect([statuses(text), wire.closed], bytes).toEqual([[400], true]);
      expect(text).toContain("this port speaks TLS 1.3");
    }
  });

  it("hangs up on what begins like TLS and is none", async () => {
    const wire = await remote.openPlain();
    wire.socket.write(Buffer.from(`160301${"00".repeat(200)}`, "hex"));
    await wire.read();
    expect(wire.closed).toBe(true);
  });

  it("speaks no older TLS", async () => {
    const old = connectTls({ ...remote.tls, host: "127.0.0.1", port: remote.port, maxVersion: "TLSv1.2" });
    const said = await new Promise<string>((resolve) => {
      old.on("error", ({ message }) => resolve(message)).on("secureConnect", () => resolve("connected"));
    });
    expect(said).toMatch(/protocol version/);
  });

  it("resumes no session, so that no connection outlives what it was made under", async () => {
    const sessions: Buffer[] = [];
    const first = connectTls({ ...remote.tls, host: "127.0.0.1", port: remote.port, servername: "localhost" });
    first.on("session", (session) => sessions.push(session));
    first.write("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    await new Promise((resolve) => first.on("close", resolve).resume());
    for (const session of sessions) {
      const again = connectTls({
        ...remote.tls,
        host: "127.0.0.1",
        port: remote.port,
        servername: "localhost",
        session,
      });
      const isReused = await new Promise((resolve) =>
        again.on("secureConnect", () => resolve(again.isSessionReused())),
      );
      again.destroy();
      expect(isReused).toBe(false);
    }
  });

  it("hangs up on who says nothing, or stops in the middle of the handshake", { timeout: 20_000 }, async () => {
    const silent = await remote.openPlain();
    const halfway = await remote.openPlain();
    halfway.socket.write(Buffer.from("1603010200", "hex"));
    await Promise.all([silent.read(), halfway.read()]);
    expect([silent.closed, halfway.closed]).toEqual([true, true]);
  });
});

describe("a certificate that is replaced", () => {
  let daemon: Daemon;
  let remote: Remote;
  const live = { certificate: join(made.folder, "live.crt"), key: join(made.folder, "live.key") };
  const put = ({ certificate, key }: Certified) => {
    copyFileSync(certificate, live.certificate);
    copyFileSync(key, live.key);
  };
  const serial = ({ certificate }: Certified) => new X509Certificate(readFileSync(certificate)).serialNumber;
  const degraded = async () => JSON.parse((await daemon.get("/health")).body.toString()).degraded;

  beforeAll(async () => {
    put(good);
    daemon = await start(live);
    remote = new Remote(portOf(daemon), authority.certificate);
  });
  afterAll(() => daemon.stop());

  async function hangup(said: string): Promise<void> {
    const before = daemon.log.split(said).length;
    daemon.child.kill("SIGHUP");
    for (let waited = 0; waited < 10_000 && daemon.log.split(said).length === before; waited += 10) await pause(10);
    expect(daemon.log.split(said).length).toBe(before + 1);
  }

  async function serialSeen(): Promise<string> {
    const { socket } = await remote.open();
    const seen = (socket as TLSSocket).getPeerX509Certificate()?.serialNumber ?? "";
    socket.destroy();
    return seen;
  }

  it("is shown to new connections, while those that are open go on", async () => {
    const open = await remote.open();
    const ask = async (id: number) => {
      open.socket.write(
        `GET /health HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${bearer.Authorization}\r\nX-Id: ${id}\r\n\r\n`,
      );
      for (let waited = 0; waited < 5000 && statuses(open.received).length < id; waited += 5) await pause(5);
      return statuses(open.received);
    };
    expect(await ask(1)).toEqual([200]);
    const renewed = made.make({ by: authority });
    put(renewed);
    expect(await serialSeen()).toBe(serial(good));
    await hangup("TLS certificate loaded again");
    expect(await serialSeen()).toBe(serial(renewed));
    expect([await ask(2), open.closed]).toEqual([[200, 200], false]);
    open.socket.destroy();
  });

  it("by what does not fit stays as it was, and readers are told until it is mended", async () => {
    const before = await serialSeen();
    copyFileSync(other.key, live.key);
    await hangup("TLS certificate not loaded again");
    expect(await serialSeen()).toBe(before);
    const reason = expect.stringMatching(/not loaded again.*is not the key of the certificate/);
    expect(await degraded()).toEqual([{ part: "TLS certificate", reason }]);
    rmSync(live.certificate);
    await hangup("TLS certificate not loaded again");
    expect(await serialSeen()).toBe(before);
    put(good);
    await hangup("TLS certificate loaded again");
    expect([await serialSeen(), await degraded()]).toEqual([serial(good), []]);
  });
});

describe("the certificate's files", () => {
  afterEach(() => vi.useRealTimers());

  it("are looked at every minute, and loaded again when they have changed", () => {
    vi.useFakeTimers();
    const watched = { certificate: join(made.folder, "watched.crt"), key: join(made.folder, "watched.key") };
    copyFileSync(good.certificate, watched.certificate);
    copyFileSync(good.key, watched.key);
    const log = logBook();
    const inForce = new TlsInForce({ ...watched, clientCa: undefined }, log);
    const loaded: unknown[] = [];
    const server = createTlsServer();
    server.setSecureContext = (context) => void loaded.push(context.cert);
    inForce.servedBy(server);
    vi.advanceTimersByTime(180_000);
    expect(loaded).toEqual([]);
    const renewed = made.make({ by: authority });
    copyFileSync(renewed.certificate, watched.certificate);
    vi.advanceTimersByTime(60_000);
    // The key is still the earlier one's.
    expect([loaded, inForce.degraded()]).toEqual([[], [expect.objectContaining({ part: "TLS certificate" })]]);
    copyFileSync(renewed.key, watched.key);
    vi.advanceTimersByTime(60_000);
    expect([loaded, inForce.degraded()]).toEqual([[readFileSync(renewed.certificate, "utf8")], []]);
    process.removeAllListeners("SIGHUP");
  });
});

describe("a daemon that cannot listen on the network as it should", () => {
  const folder = mkdtempSync(join(tmpdir(), "my-os-listen-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  function refusal(...flags: string[]) {
    const place = ["--socket", join(folder, "os.sock"), "--state-dir", join(folder, "state")];
    const env = { PATH: process.env.PATH, HOME: folder };
    const options = { env, encoding: "utf8", timeout: 20_000 } as const;
    const { status, stderr } = spawnSync(process.execPath, [binary, ...place, "--acl", acl, ...flags], options);
    return [status, stderr];
  }
  const pair = (certificate: string, key: string) => ["--tls-certificate", certificate, "--tls-key", key];
  const at = ["--listen", "127.0.0.1:0"];
  const nonsense = made.write("nonsense.pem", "-----BEGIN NONSENSE-----\n");

  it.each([
    ["without a certificate", at, 78, /plain TCP is not offered/],
    ["without a key", [...at, "--tls-certificate", good.certificate], 78, /plain TCP is not offered/],
    ["with a key of another", [...at, ...pair(good.certificate, other.key)], 78, /is not the key of the certificate/],
    ["with no certificate in the file", [...at, ...pair(nonsense, good.key)], 78, /TLS certificate .*cannot be used/],
    ["with no key in the file", [...at, ...pair(good.certificate, nonsense)], 78, /TLS key .*cannot be used/],
    ["with a file that is not there", [...at, ...pair(`${nonsense}x`, good.key)], 78, /cannot be read/],
    [
      "with a client CA that is none",
      [...at, ...pair(good.certificate, good.key), "--tls-client-ca", nonsense],
      78,
      /client CA .* holds no PEM certificate/,
    ],
    ["without a port", ["--listen", "127.0.0.1"], 64, /host:port/],
    ["with a port beyond all", ["--listen", "127.0.0.1:65536"], 64, /host:port/],
    ["without a host", ["--listen", ":8443"], 64, /host:port/],
    ["with an address without brackets", ["--listen", "::1:8443"], 64, /host:port/],
    ["with names that are none", ["--tls-names", "a b"], 64, /host names/],
    ["on an address of another machine", ["--listen", "203.0.113.1:1", ...pair(good.certificate, good.key)], 78, /203/],
  ] as const)("does not start: %s", (_, flags, code, words) => {
    expect(refusal(...flags)).toEqual([code, expect.stringMatching(words)]);
  });

  it("does not start: with a certificate that names no host", () => {
    const { certificate, key } = made.make({ hosts: [] });
    expect(refusal(...at, ...pair(certificate, key))).toEqual([78, expect.stringContaining("set --tls-names")]);
  });

  it("does not start on a port that is taken, and leaves no socket behind", async () => {
    const holder = createServer();
    const port = await new Promise<number>((resolve) =>
      holder.listen(0, "127.0.0.1", () => resolve(Number(Reflect.get(Object(holder.address()), "port")))),
    );
    const outcome = refusal("--listen", `127.0.0.1:${port}`, ...pair(good.certificate, good.key));
    holder.close();
    expect(outcome).toEqual([75, expect.stringContaining("EADDRINUSE")]);
  });
});
