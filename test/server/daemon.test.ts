import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Daemon } from "../world/daemon.js";
import { pause, post, rpc } from "./front.js";

const binary = join(import.meta.dirname, "../../dist/src/bin/my-os-server-native.js");

/** Runs the daemon where it is expected to end by itself. */
function runs(argv: readonly string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [binary, ...argv], {
    env: { PATH: process.env.PATH, HOME: "/nonexistent", ...env },
    encoding: "utf8",
    timeout: 20_000,
  });
  return { status, stdout, stderr };
}

describe("a daemon that runs", () => {
  let daemon: Daemon;
  beforeAll(async () => {
    daemon = await Daemon.start(["--check-results", "--verbose"]);
  });
  afterAll(() => daemon.stop());

  it("says that it is ready, where and after how long", () => {
    const [first] = daemon.log.split("\n");
    expect(JSON.parse(first ?? "")).toMatchObject({
      level: "info",
      message: "ready",
      socket: daemon.socket,
      ms: expect.any(Number),
    });
  });

  it("has a socket for owner and group, and a state folder for its owner alone", () => {
    expect(statSync(daemon.socket).mode & 0o777).toBe(0o660);
    expect(statSync(join(daemon.folder, "state")).mode & 0o777).toBe(0o700);
  });

  it("answers with the bytes of the specification", async () => {
    const { body } = await daemon.get("/openrpc.json");
    expect(body.equals(readFileSync(join(import.meta.dirname, "../../openrpc.json")))).toBe(true);
  });

  it("answers rpc.health, refuses writes, and says what it has not got", async () => {
    expect(await daemon.call("rpc.health")).toMatchObject({ result: { status: "ok" } });
    expect(await daemon.call("net.routes.add")).toMatchObject({ error: { data: { kind: "permission_denied" } } });
    expect(await daemon.call("net.flows")).toMatchObject({
      error: { data: { kind: "unsupported", reason: "Open vSwitch is answered on MOS nodes only", mode: "native" } },
    });
  });

  it("logs each call when verbose, under the id that its error carries", async () => {
    const { error } = await daemon.call("no.such");
    expect(daemon.log).toContain(
      `"request_id":"${error?.data.request_id}","method":"no.such","outcome":"method_not_found"`,
    );
  });

  it("keeps a second daemon off its state folder and off its socket", () => {
    const elsewhere = join(daemon.folder, "elsewhere");
    const sameState = runs(["--socket", join(elsewhere, "os.sock"), "--state-dir", join(daemon.folder, "state")]);
    expect(sameState).toMatchObject({
      status: 75,
      stderr: expect.stringContaining(`held by process ${daemon.child.pid}`),
    });
    const sameSocket = runs(["--socket", daemon.socket, "--state-dir", elsewhere]);
    expect(sameSocket).toMatchObject({
      status: 75,
      stderr: expect.stringContaining(`held by process ${daemon.child.pid} (`),
    });
  });
});

it("of several that start at once on one folder, one runs and the others say who", async () => {
  const folder = mkdtempSync(join(tmpdir(), "my-os-race-"));
  const argv = [binary, "--socket", join(folder, "os.sock"), "--state-dir", join(folder, "new/state")];
  let said = "";
  const codes: (number | null)[] = [];
  const children = Array.from({ length: 4 }, () =>
    spawn(process.execPath, argv, { stdio: ["ignore", "ignore", "pipe"] }),
  );
  const ends = children.map(async (child) => {
    child.stderr.on("data", (text) => {
      said += text;
    });
    const [code] = await once(child, "close");
    codes.push(code);
  });
  try {
    for (let tries = 0; !(codes.length === 3 && said.includes('"ready"')) && tries < 400; tries++) await pause(25);
    expect(codes).toEqual([75, 75, 75]);
    expect(said.match(/is held by process \d+/g)).toHaveLength(3);
  } finally {
    for (const child of children) child.kill();
    await Promise.all(ends);
    rmSync(folder, { recursive: true });
  }
  expect(codes).toEqual([75, 75, 75, 0]);
});

describe("a daemon that ends without running", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "my-os-bin-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("prints its help, its version or its configuration, with exit code 0", () => {
    expect(runs(["--help"])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("Usage: my-os-server-native"),
      stderr: "",
    });
    expect(runs(["--version"])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^my-os-server-native \d+\.\d+\.\d+\n$/),
    });
    expect(runs(["--print-config"])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("limit_batch = 1000  # default\n"),
    });
  });

  it.each([
    ["an unknown flag", 64, () => ["--sokcet", "x"], "did you mean --socket?"],
    ["a broken file", 78, () => ["--config", fileWith("socket = 7")], "a path, in quotes, is wanted"],
    ["a missing file", 78, () => ["--config", join(folder, "none")], "cannot be read"],
    ["a sysroot that is none", 78, () => ["--sysroot", join(folder, "none")], "is no folder"],
    ["a state folder that is a file", 78, () => ["--state-dir", fileWith("")], "state folder"],
    ["a socket path too long", 78, () => ["--socket", join(folder, "x".repeat(120))], "107"],
  ])("for %s exits with %i and a sentence", (_, status, argv, reason) => {
    const base = ["--socket", join(folder, "os.sock"), "--state-dir", join(folder, "state")];
    const ended = runs([...base, ...argv()]);
    expect(ended).toMatchObject({ status, stdout: "" });
    expect(ended.stderr).toMatch(/^my-os-server-native: [^\n]+\n$/);
    expect(ended.stderr).toContain(reason);
  });

  const fileWith = (text: string) => {
    const file = join(folder, "file");
    writeFileSync(file, text);
    return file;
  };
});

describe("a daemon that is told to end", () => {
  let daemon: Daemon;
  beforeEach(async () => {
    daemon = await Daemon.start();
  });
  afterEach(() => daemon.stop());

  it.each(["SIGTERM", "SIGINT"] as const)("by %s removes its socket and exits with 0", async (signal) => {
    const ended = once(daemon.child, "exit");
    daemon.child.kill(signal);
    expect(await ended).toEqual([0, null]);
    expect(existsSync(daemon.socket)).toBe(false);
    expect(daemon.log).toContain(`"message":"stopping","signal":"${signal}"`);
  });

  it("answers what was asked before, and closes", async () => {
    const body = rpc("rpc.health");
    const socket = connect(daemon.socket);
    await once(socket, "connect");
    let received = "";
    socket.setEncoding("utf8").on("data", (text) => {
      received += text;
    });
    socket.write(post(body).slice(0, -3));
    await pause(200);
    const ended = once(daemon.child, "exit");
    const closed = once(socket, "close");
    daemon.child.kill("SIGTERM");
    await pause(200);
    expect(existsSync(daemon.socket)).toBe(false);
    socket.write(body.slice(-3));
    await closed;
    expect(received).toContain('"result":{"status":"ok"}');
    expect(received).toMatch(/^Connection: close\r$/m);
    expect(await ended).toEqual([0, null]);
  });

  it("does not wait longer than 3 s for a request that never ends, and exits with 0", async () => {
    const { socket, ended } = await half(daemon);
    const started = performance.now();
    daemon.child.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
    expect(performance.now() - started).toBeGreaterThan(2500);
    expect(performance.now() - started).toBeLessThan(6000);
    socket.destroy();
  });

  it("takes one Ctrl-C that arrives several times for one", async () => {
    const { socket, ended } = await half(daemon);
    let received = "";
    socket.on("data", (data) => {
      received += data;
    });
    for (const _ of [1, 2, 3]) {
      daemon.child.kill("SIGINT");
      await pause(20);
    }
    socket.write(rpc("rpc.health").slice(-3));
    expect(await ended).toEqual([0, null]);
    expect(received).toContain('"result":{"status":"ok"}');
  });

  it("twice ends at once", async () => {
    const { socket, ended } = await half(daemon);
    daemon.child.kill("SIGTERM");
    await pause(700);
    daemon.child.kill("SIGTERM");
    await ended;
    // What it says when it has waited long enough.
    expect(daemon.log).not.toContain('"message":"stopped"');
    socket.destroy();
  });

  it("leaves alone a socket that has taken the place of its own", async () => {
    rmSync(daemon.socket);
    const script = "require('net').createServer().listen(process.argv[1], () => console.log('listening'))";
    const other: ChildProcess = spawn(process.execPath, ["-e", script, daemon.socket]);
    if (other.stdout) await once(other.stdout, "data");
    const ended = once(daemon.child, "exit");
    daemon.child.kill("SIGTERM");
    await ended;
    expect(existsSync(daemon.socket)).toBe(true);
    other.kill();
  });

  it("by SIGKILL leaves a socket and a lock that the next daemon takes over", async () => {
    const ended = once(daemon.child, "exit");
    daemon.child.kill("SIGKILL");
    await ended;
    expect(existsSync(daemon.socket)).toBe(true);
    const next = spawn(process.execPath, [
      binary,
      "--socket",
      daemon.socket,
      "--state-dir",
      join(daemon.folder, "state"),
    ]);
    await once(next.stderr, "data");
    expect((await daemon.get("/health")).status).toBe(200);
    next.kill();
    await once(next, "exit");
  });
});

async function half(daemon: Daemon) {
  const socket = connect(daemon.socket);
  await once(socket, "connect");
  socket.on("error", () => {}).write(post(rpc("rpc.health")).slice(0, -3));
  await pause(200);
  return { socket, ended: once(daemon.child, "exit") };
}

describe("a socket handed over by a service manager", () => {
  // Passes an open listening socket as descriptor 3, as systemd does, and becomes the daemon.
  const handOver = `
import os, socket, sys
kind, path = sys.argv[1].split(":", 1)
s = socket.socket(*{"unix": [socket.AF_UNIX], "datagram": [socket.AF_UNIX, socket.SOCK_DGRAM], "tcp": [socket.AF_INET]}[kind])
s.bind(("127.0.0.1", 0) if kind == "tcp" else path)
if kind != "datagram": s.listen(16)
os.dup2(s.fileno(), 3); os.set_inheritable(3, True)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv(sys.argv[2], sys.argv[2:])`;

  it.each(["tcp", "datagram"])("is refused where it is a %s socket", (kind) => {
    const folder = mkdtempSync(join(tmpdir(), "my-os-activated-"));
    const argv = [
      `${kind}:${join(folder, "given.sock")}`,
      process.execPath,
      binary,
      "--state-dir",
      join(folder, "state"),
    ];
    const { status, stderr } = spawnSync("python3", ["-c", handOver, ...argv], { encoding: "utf8" });
    expect([status, stderr]).toEqual([78, expect.stringContaining("no listening Unix stream socket")]);
    rmSync(folder, { recursive: true });
  });

  it("is listened on, and its file is left in place", async () => {
    const folder = mkdtempSync(join(tmpdir(), "my-os-activated-"));
    const path = join(folder, "given.sock");
    const argv = [
      `unix:${path}`,
      process.execPath,
      binary,
      "--socket",
      join(folder, "other.sock"),
      "--state-dir",
      join(folder, "state"),
    ];
    const child = spawn("python3", ["-c", handOver, ...argv]);
    await once(child.stderr, "data");
    const socket = connect(path);
    const body = rpc("rpc.health");
    socket.write(post(body, "Connection: close"));
    let received = "";
    for await (const chunk of socket) received += chunk;
    expect(received).toContain('"result":{"status":"ok"}');
    const ended = once(child, "exit");
    child.kill();
    expect(await ended).toEqual([0, null]);
    expect([existsSync(path), existsSync(join(folder, "other.sock"))]).toEqual([true, false]);
    rmSync(folder, { recursive: true });
  });
});
