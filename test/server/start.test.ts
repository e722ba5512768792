import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { send } from "../world/peer.js";
import { pause } from "./front.js";

const root = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "my-os-start-"));
const socket = join(folder, "home/hero/var/sockets/hero_db_root_os.sock");
const state = ["--state-dir", join(folder, "state")];
const running = new Set<Started>();

/** `npm start` in a copy of the project, by a user whose home is in the test's folder. */
class Started {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown[]>;
  stdout = "";
  stderr = "";

  constructor(flags: readonly string[] = [], env: Record<string, string> = {}) {
    this.child = spawn("npm", ["start", "--", ...flags], {
      cwd: join(folder, "project"),
      env: { PATH: process.env.PATH, HOME: join(folder, "home"), ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child.stdout?.on("data", (text) => {
      this.stdout += text;
    });
    this.child.stderr?.on("data", (text) => {
      this.stderr += text;
    });
    // Not until its output is closed: what npm started may outlive npm.
    this.ended = once(this.child, "close");
    running.add(this);
    void this.ended.then(() => running.delete(this));
  }

  async untilAnswered(): Promise<void> {
    for (let tries = 0; tries < 1000 && !this.stdout.includes("Ctrl-C stops the daemon"); tries++) await pause(50);
  }
}

beforeAll(() => {
  for (const name of [
    "src",
    "generated",
    "packaging",
    "sdk",
    "openrpc.json",
    "package.json",
    "package-lock.json",
    "tsconfig.json",
  ])
    cpSync(join(root, name), join(folder, "project", name), { recursive: true });
  // Older than what is installed: nothing is to be fetched.
  utimesSync(join(folder, "project/package-lock.json"), 0, 0);
  symlinkSync(join(root, "node_modules"), join(folder, "project/node_modules"));
});
afterEach(async () => {
  for (const { child } of running) child.kill();
  await Promise.all([...running].map(({ ended }) => ended));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("npm start", { timeout: 90_000 }, () => {
  it("builds, runs the daemon on the user's socket, shows a live answer, and ends with all it started", async () => {
    const first = new Started(state);
    await first.untilAnswered();
    expect(first.stdout, first.stderr).toContain(`my_os_server answers on ${socket}\n`);
    expect(first.stdout).toMatch(/^ {2}lo +\w+ +127\.0\.0\.1\/8/m);

    const second = new Started(state);
    expect(await second.ended).toEqual([75, null]);
    expect(second.stderr).toMatch(/is held by process \d+/);
    expect(second.stdout).not.toContain("answers on");

    first.child.kill();
    await first.ended;
    expect(first.stderr).toContain('"message":"stopped"');
    expect(existsSync(socket)).toBe(false);
  });

  it("shows the socket that the daemon really has", async () => {
    const path = join(folder, "other.sock");
    const started = new Started([...state, "--socket", path], { HERO_SOCKET_DIR: "" });
    await started.untilAnswered();
    expect(started.stdout).toContain(`my_os_server answers on ${path}\n`);
  });

  it("makes the user's access list, and shows how its admin calls", async () => {
    const started = new Started([...state, "--socket", socket], { XDG_CONFIG_HOME: join(folder, "config") });
    await started.untilAnswered();
    expect(started.stdout).toContain(`Who may do what: ${folder}/config/my_os_server/acl.toml\n`);
    const [, key = ""] = /http:\/\/localhost\/whoami -H 'X-Public-Key: ([0-9a-f]{64})'\n/.exec(started.stdout) ?? [];
    const headers = { "X-Public-Key": key };
    const { text } = await send({ socket, method: "GET", path: "/whoami", headers, body: "" });
    expect(JSON.parse(text)).toMatchObject({ key, right: "admin", groups: ["admins"] });
  });

  it("takes the access list that it is given, and makes none", async () => {
    const acl = join(folder, "acl.toml");
    writeFileSync(acl, "[[group]\n", { mode: 0o600 });
    const started = new Started([...state, "--acl", acl], { XDG_CONFIG_HOME: join(folder, "unused") });
    expect(await started.ended).toEqual([78, null]);
    expect(started.stderr).toContain(`${acl}:1:`);
    expect(existsSync(join(folder, "unused"))).toBe(false);
  });

  it("ends as the daemon does where that refuses to start", async () => {
    const started = new Started(["--sokcet", "x"]);
    expect(await started.ended).toEqual([64, null]);
    expect(started.stderr).toContain("did you mean --socket?");
    expect(started.stdout).not.toContain("answers on");
  });
});
