import { closeSync, constants, lstatSync, mkdirSync, openSync, type Stats, unlinkSync } from "node:fs";
import { connect, type Server } from "node:net";
import { dirname } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { exitCodes, StartRefused, wrongConfig } from "../config/exit.js";
import { tryLock } from "../kernel/lock.js";
import { commandOf, peerOf } from "../kernel/peer.js";

/** `sun_path` less its final NUL. Node cuts a longer path and listens somewhere else. */
const LONGEST_PATH = 107;
/** Owner and group may connect: everything else is masked while the socket is made, since a later chmod is a race. */
const SOCKET_UMASK = 0o117;
const LOCK_TRIES = 40;
const LOCK_WAIT_MS = 50;

/**
 * Makes the server listen on a Unix socket and answers how to stop that.
 * A dead socket file is replaced; a live one, or anything else in its place, is refused with `StartRefused`.
 */
export async function listenOn(server: Server, path: string): Promise<() => void> {
  if (Buffer.byteLength(path) > LONGEST_PATH) {
    throw wrongConfig(
      `socket ${path}: the path has ${Buffer.byteLength(path)} bytes; the kernel takes ${LONGEST_PATH}`,
    );
  }
  const folder = dirname(path);
  const unlock = await lockFolder(folder);
  try {
    await clear(path);
    await bind(server, path);
  } finally {
    unlock();
  }
  const made = lstatSync(path);
  return () => {
    // Closing also removes whatever stands at the path by now, so a socket that took our place is left to its owner.
    if (!isStill(path, made)) return;
    unlinkSync(path);
    server.close();
  };
}

// Two daemons that find the same dead socket at once must not both replace it.
async function lockFolder(folder: string): Promise<() => void> {
  let fd: number;
  try {
    mkdirSync(folder, { recursive: true });
    fd = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch (error) {
    throw wrongConfig(`the socket's folder ${folder} cannot be used: ${reasonOf(error)}`);
  }
  for (let tries = 0; tries < LOCK_TRIES && !lockable(fd); tries++) await wait(LOCK_WAIT_MS);
  return () => closeSync(fd);
}

// Without flock (no binary for this platform) there is a race and still a daemon.
function lockable(fd: number): boolean {
  try {
    return tryLock(fd);
  } catch {
    return true;
  }
}

async function clear(path: string): Promise<void> {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there === undefined) return;
  if (!there.isSocket()) throw wrongConfig(`${path} is in the socket's place and is no socket; it is left alone`);
  const holder = await holderOf(path);
  if (holder !== undefined) throw new StartRefused(exitCodes.held, `socket ${path} is held by ${holder}`);
  unlinkSync(path);
}

/** Who listens on a socket; undefined where nobody does. */
function holderOf(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once("connect", () => {
      const peer = peerOf(probe);
      probe.destroy();
      resolve(peer === undefined ? "another process" : `process ${peer.pid} (${commandOf(peer.pid)})`);
    });
    probe.once("error", (error: NodeJS.ErrnoException) => {
      const isDead = error.code === "ECONNREFUSED" || error.code === "ENOENT";
      resolve(isDead ? undefined : `somebody who cannot be asked (${error.code})`);
    });
  });
}

function bind(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error) => reject(wrongConfig(`socket ${path}: ${error.message}`));
    server.once("error", onError);
    const before = process.umask(SOCKET_UMASK);
    try {
      // Binds before it returns, so that nothing else is made under this mask.
      server.listen(path, () => {
        server.off("error", onError);
        resolve();
      });
    } finally {
      process.umask(before);
    }
  });
}

function isStill(path: string, made: Stats): boolean {
  const there = lstatSync(path, { throwIfNoEntry: false });
  return there?.ino === made.ino && there.dev === made.dev;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
