import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { peerOf } from "../../src/kernel/peer.js";
import { listenOn } from "../../src/server/socket.js";

let folder: string;
let path: string;
const open: (() => void)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "my-os-socket-"));
  path = join(folder, "os.sock");
});
afterEach(() => {
  for (const close of open.splice(0)) close();
  rmSync(folder, { recursive: true, force: true });
});

function server(): Server {
  const made = createServer();
  open.push(() => made.close());
  return made;
}

const isListening = (at: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = new Socket();
    socket.on("error", () => resolve(false));
    socket.connect(at, () => {
      socket.destroy();
      resolve(true);
    });
  });

/** Leaves a socket file behind, as a killed process does. */
async function leaveDeadSocket(at: string): Promise<void> {
  const script = "require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))";
  await once(spawn(process.execPath, ["-e", script, at]), "exit");
  expect(lstatSync(at).isSocket()).toBe(true);
}

describe("the socket", () => {
  it("may be used by its owner and group and nobody else, whatever the umask, which stays as it was", async () => {
    for (const mask of [0o000, 0o077, 0o022]) {
      const before = process.umask(mask);
      const at = join(folder, `${mask}.sock`);
      await listenOn(server(), at);
      expect(lstatSync(at).mode & 0o777).toBe(0o660);
      expect(process.umask(before)).toBe(mask);
    }
  });

  it("has its folders made", async () => {
    const deep = join(folder, "a/b/os.sock");
    await listenOn(server(), deep);
    expect(await isListening(deep)).toBe(true);
  });

  it("may have a path of 107 bytes and not of 108", async () => {
    const name = (length: number) => join(folder, "ü".repeat(2) + "x".repeat(length - Buffer.byteLength(folder) - 5));
    await listenOn(server(), name(107));
    expect(await isListening(name(107))).toBe(true);
    await expect(listenOn(server(), name(108))).rejects.toMatchObject({
      exitCode: 78,
      message: expect.stringContaining("107"),
    });
  });

  it("that nobody listens on is replaced", async () => {
    await leaveDeadSocket(path);
    await listenOn(server(), path);
    expect(await isListening(path)).toBe(true);
  });

  it("that somebody listens on is refused, and who that is is named", async () => {
    await listenOn(server(), path);
    const holder = new RegExp(`${path} is held by process ${process.pid} \\(.*node`);
    await expect(listenOn(server(), path)).rejects.toMatchObject({
      exitCode: 75,
      message: expect.stringMatching(holder),
    });
    expect(await isListening(path)).toBe(true);
  });

  it.each([
    ["a file", () => writeFileSync(path, "precious")],
    ["a folder", () => mkdirSync(path)],
    ["a link to nowhere", () => symlinkSync("/nonexistent", path)],
  ])("is not put in the place of %s", async (_, occupy) => {
    occupy();
    await expect(listenOn(server(), path)).rejects.toMatchObject({
      exitCode: 78,
      message: expect.stringContaining("left alone"),
    });
    expect(lstatSync(path).isSocket()).toBe(false);
  });

  it("in a folder that cannot be made is refused", async () => {
    writeFileSync(join(folder, "file"), "");
    await expect(listenOn(server(), join(folder, "file/os.sock"))).rejects.toMatchObject({ exitCode: 78 });
  });

  it("of ten daemons that find one dead socket goes to exactly one", async () => {
    await leaveDeadSocket(path);
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => listenOn(server(), path)));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await isListening(path)).toBe(true);
  });
});

describe("stopping", () => {
  it("removes the socket's file", async () => {
    const stop = await listenOn(server(), path);
    stop();
    expect(existsSync(path)).toBe(false);
  });

  it("leaves alone what has taken its place", async () => {
    const stop = await listenOn(server(), path);
    renameSync(path, join(folder, "old.sock"));
    await listenOn(server(), path);
    const theirs = statSync(path).ino;
    stop();
    expect(statSync(path).ino).toBe(theirs);
    expect(await isListening(path)).toBe(true);
  });

  it("bears with a file that is gone", async () => {
    const stop = await listenOn(server(), path);
    rmSync(path);
    expect(stop).not.toThrow();
  });
});

describe("who connects", () => {
  const connectAs = async (command: string, args: string[]) => {
    const listening = server();
    await listenOn(listening, path);
    chmodSync(path, 0o666);
    const peers = new Promise((resolve) => listening.once("connection", (socket) => resolve(peerOf(socket))));
    const script =
      "require('net').connect(process.argv[1]).on('close', () => process.exit()).on('error', () => process.exit(1))";
    const child = spawn(command, [...args, process.execPath, "-e", script, path]);
    open.push(() => child.kill());
    return { peer: await peers, pid: child.pid };
  };

  it("is told by the kernel", async () => {
    const { peer, pid } = await connectAs("env", []);
    expect(peer).toEqual({ pid, uid: process.getuid?.(), gid: process.getgid?.() });
  });

  it.runIf(process.getuid?.() === 0)("is another user where it is one", async () => {
    chmodSync(folder, 0o755);
    const { peer } = await connectAs("setpriv", ["--reuid=1", "--regid=2", "--clear-groups"]);
    expect(peer).toMatchObject({ uid: 1, gid: 2 });
  });

  it("cannot be told of a socket that is closed", () => {
    expect(peerOf(new Socket())).toBeUndefined();
  });
});
