import { execFile, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { accessListIn } from "../../src/server/access-list.js";
import { lowOrder } from "../fixtures/acl/keys.js";
import { Daemon, pause } from "../world/daemon.js";
import { send } from "../world/peer.js";
import { accessListText, people, signedBy, tokens } from "../world/people.js";

const binary = join(import.meta.dirname, "../../dist/src/bin/my-os-server-native.js");
let folder: string;
let acl: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "my-os-acl-"));
  acl = join(folder, "acl.toml");
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (text: string, mode = 0o600) => {
  writeFileSync(acl, text);
  chmodSync(acl, mode);
};
const bare = ({ publicKey } = people.admin) => ({ "X-Public-Key": publicKey });

describe("a daemon whose access list is not good", () => {
  /** How a start ends that has to be refused. */
  function refusal(flags: readonly string[], env: Record<string, string> = {}) {
    const place = ["--socket", join(folder, "os.sock"), "--state-dir", join(folder, "state")];
    const { status, stderr } = spawnSync(process.execPath, [binary, ...place, ...flags], {
      env: { PATH: process.env.PATH, HOME: folder, ...env },
      encoding: "utf8",
      timeout: 20_000,
    });
    return { status, stderr };
  }
  const zeros = `[[group]]\nname = "admins"\nusers = [\n  "${lowOrder.canonical[2][1]}",\n]\n`;

  it.each([
    ["syntax", "[[group]\n", /acl\.toml:1:\d+: /],
    ["a key of zeros", zeros, /acl\.toml:4:3: group\[0\]\.users\[0\]: is an Ed25519 point of low order/],
    [
      "an unknown group",
      '[[ace]]\nright = "admin"\ngroups = ["admin"]\n',
      /acl\.toml:3:\d+: ace\[0\]\.groups\[0\]: there is no/,
    ],
    [
      "a wrong right",
      `${zeros.replace(/"0+"/, `"${people.admin.publicKey}"`)}[[ace]]\nright = "amdin"\ngroups = ["admins"]\n`,
      /did you mean `admin`\?/,
    ],
    ["nothing in it", "", /says nothing/],
  ])("does not start: %s", (_what, text, message) => {
    write(text);
    const { status, stderr } = refusal(["--acl", acl]);
    expect([status, stderr]).toEqual([78, expect.stringMatching(message)]);
    expect(stderr).toContain("my-os-server-native: the access list is not good:\n");
    expect(readdirSync(folder)).toEqual(["acl.toml"]);
  });

  it("names all that is wrong", () => {
    write('[polcy]\n[[ace]]\nright = "none"\ngroups = []\n');
    const lines = refusal(["--acl", acl]).stderr.trim().split("\n").slice(1);
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line).toMatch(new RegExp(`^${acl}:\\d+:\\d+: `));
  });

  it("does not start without the file that was named, or with one that others can write", () => {
    expect(refusal(["--acl", acl])).toMatchObject({ status: 78, stderr: expect.stringContaining("cannot be read") });
    write(accessListText("read"), 0o666);
    expect(refusal(["--acl", acl])).toMatchObject({ status: 78, stderr: expect.stringContaining("chmod go-w") });
  });

  it("is told by the environment and by the configuration file as well", () => {
    write("[[group]\n");
    expect(refusal([], { MY_OS_ACL: acl }).status).toBe(78);
    const config = join(folder, "config.toml");
    writeFileSync(config, 'acl = "acl.toml"\n');
    expect(refusal(["--config", config])).toMatchObject({ status: 78, stderr: expect.stringContaining(`${acl}:1:`) });
  });
});

describe("a running daemon", () => {
  let daemon: Daemon;
  beforeEach(async () => {
    write(accessListText("read"));
    daemon = await Daemon.start(["--acl", acl]);
  });
  afterEach(() => daemon.stop());

  const whoami = async (headers: Record<string, string> = bare()) => {
    const { text } = await send({ socket: daemon.socket, method: "GET", path: "/whoami", headers, body: "" });
    return JSON.parse(text);
  };
  const lines = () =>
    daemon.log
      .trim()
      .split("\n")
      .map((line): Record<string, unknown> => JSON.parse(line));
  /** Sends SIGHUP and waits for what the log says of it. */
  async function hangup(said: RegExp) {
    const before = lines().length;
    daemon.child.kill("SIGHUP");
    for (const deadline = Date.now() + 10_000; Date.now() < deadline; await pause(10)) {
      const since = lines().slice(before);
      if (since.some(({ message }) => said.test(String(message)))) return since;
    }
    throw new Error(`nothing of the kind was logged:\n${daemon.log}`);
  }

  it("puts a list in force on SIGHUP, for connections that are open too", async () => {
    expect(await whoami()).toMatchObject({ right: "admin" });
    write(accessListText("none").replaceAll(people.admin.publicKey, people.stranger.publicKey));
    expect(await whoami()).toMatchObject({ right: "admin" });
    expect(await hangup(/^access list loaded again$/)).toEqual([
      expect.objectContaining({ level: "info", file: acl, keys: 4 }),
    ]);
    expect(await whoami()).toMatchObject({ kind: "identified", right: "none" });
    expect(await whoami(bare(people.stranger))).toMatchObject({ right: "admin" });
  });

  it("keeps the list that it has where the new one is not good, and says all that is wrong", async () => {
    write(`${accessListText("admin")}\n[[ace]]\nright = "amdin"\ngroups = ["nobody"]\n`);
    const said = await hangup(/^access list not loaded again/);
    expect(said.map(({ level, message, path, nearest }) => [level, message, path, nearest])).toEqual([
      ["error", "a problem in the access list", expect.stringMatching(/^ace\[3\]\.right$/), "admin"],
      ["error", "a problem in the access list", "ace[3].groups[0]", undefined],
      ["error", "access list not loaded again, the earlier one stays in force", undefined, undefined],
    ]);
    expect(said[0]).toMatchObject({ file: acl, line: expect.any(Number), column: expect.any(Number) });
    expect([await whoami({}), await whoami()]).toMatchObject([{ right: "read" }, { right: "admin" }]);
    rmSync(acl);
    await hangup(/^access list not loaded again/);
    expect(await whoami()).toMatchObject({ right: "admin" });
    write(accessListText("read"));
    await hangup(/^access list loaded again$/);
    expect(await whoami()).toMatchObject({ right: "admin" });
  });
});

it("a daemon without an access list goes on after SIGHUP, and takes no credentials", async () => {
  const daemon = await Daemon.start();
  daemon.child.kill("SIGHUP");
  const answers = await Promise.all(
    [{}, bare()].map((headers) => send({ socket: daemon.socket, method: "GET", path: "/whoami", headers, body: "" })),
  );
  await daemon.stop();
  expect(answers.map(({ status }) => status)).toEqual([200, 401]);
  expect(JSON.parse(answers[1]?.text ?? "").error.data).toMatchObject({ reason: "not_configured" });
  expect(daemon.log).toContain("there is no access list to load again");
});

describe("the documents that are fetched with GET", () => {
  const paths = ["/whoami", "/health", "/openrpc.json", "/.well-known/heroservice.json"];
  const own = mkdtempSync(join(tmpdir(), "my-os-acl-"));
  let daemon: Daemon;
  let node: string;

  beforeAll(async () => {
    const list = join(own, "acl.toml");
    writeFileSync(list, accessListText("none"), { mode: 0o600 });
    daemon = await Daemon.start(["--acl", list]);
    node = JSON.parse((await daemon.get("/.well-known/heroservice.json")).body.toString()).node;
  });
  afterAll(async () => {
    await daemon.stop();
    rmSync(own, { recursive: true });
  });

  const get = (path: string, headers: Record<string, string> = {}, body = "") =>
    send({ socket: daemon.socket, method: "GET", path, headers, body });

  it.each(paths)("%s is 401 for credentials that are not good, and open to local callers otherwise", async (path) => {
    const bad = { Authorization: `Bearer ${tokens.expired}` };
    const refused = await get(path, bad);
    expect([refused.status, JSON.parse(refused.text).error.data]).toMatchObject([401, { reason: "expired" }]);
    expect((await get(path)).status).toBe(200);
    expect((await get(path, bare())).status).toBe(200);
  });

  it.each(paths)("%s is signed with an empty body, and no signature is good twice", async (path) => {
    const headers = signedBy(people.admin, node, "", { method: "GET", target: path });
    const statuses = [await get(path, headers), await get(path, headers)].map(({ status }) => status);
    expect(statuses).toEqual([200, 401]);
    const otherBody = signedBy(people.admin, node, "{}", { method: "GET", target: path });
    expect((await get(path, otherBody)).status).toBe(401);
  });

  it("/whoami says who calls, how that was proven and what it may do", async () => {
    const peer = { pid: process.pid, uid: process.getuid?.(), gid: process.getgid?.() };
    const seen = async (headers: Record<string, string>) => JSON.parse((await get("/whoami", headers)).text);
    expect(await seen({})).toEqual({ kind: "anonymous_local", right: "none", peer });
    const identified = { kind: "identified", peer };
    expect(await seen(bare(people.nested))).toEqual({
      ...identified,
      key: people.nested.publicKey,
      proof: "peer",
      groups: ["admins", "site", "shift"],
      right: "admin",
    });
    expect(await seen({ Authorization: `Bearer ${tokens.operator}` })).toEqual({
      ...identified,
      key: people.operator.publicKey,
      proof: "token",
      groups: ["operators"],
      right: "write",
    });
    expect(await seen(signedBy(people.stranger, node, "", { method: "GET", target: "/whoami" }))).toEqual({
      ...identified,
      key: people.stranger.publicKey,
      proof: "signature",
      groups: [],
      right: "none",
    });
  });

  it("/health tells readers what does not work, by whatever they are readers", async () => {
    const keys = async (headers: Record<string, string>) =>
      Object.keys(JSON.parse((await get("/health", headers)).text));
    expect(await keys({})).toEqual(["status"]);
    expect(await keys(bare(people.reader))).toEqual(["status", "degraded"]);
  });
});

describe("the access list that a first `npm start` makes", () => {
  const module = join(import.meta.dirname, "../../packaging/admin-access.mjs");
  const script = `
    const { adminAccess, userFolder } = await import(process.argv[1]);
    console.log(JSON.stringify({ at: userFolder({ XDG_CONFIG_HOME: process.argv[2] }), ...adminAccess(process.argv[2]) }));`;
  const run = promisify(execFile);
  const make = async (place: string) =>
    JSON.parse((await run(process.execPath, ["--input-type=module", "-e", script, module, place])).stdout);

  it("names one admin, whose key is beside it, and both are for their owner alone", async () => {
    const place = join(folder, "config");
    const { at, hex, key, acl: made } = await make(place);
    expect([at, made, key]).toEqual([join(place, "my_os_server"), join(place, "acl.toml"), join(place, "admin.key")]);
    const { list } = accessListIn(made);
    expect([list.size, list.rightOf({ key: hex, remote: true }), list.policy]).toEqual([
      1,
      "admin",
      { local: "read", remote: "none" },
    ]);
    expect([place, made, key].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o600, 0o600]);
  });

  it("is one, however many starts there are at once", async () => {
    const place = join(folder, "config");
    const made = await Promise.all(Array.from({ length: 6 }, () => make(place)));
    expect(new Set(made.map(({ hex }) => hex)).size).toBe(1);
    expect(readdirSync(place).sort()).toEqual(["acl.toml", "admin.key"]);
  });

  it("leaves what is there as it is", async () => {
    const place = join(folder, "config");
    mkdirSync(place);
    writeFileSync(join(place, "acl.toml"), "# mine\n");
    expect(await make(place)).toMatchObject({ acl: join(place, "acl.toml") });
    expect(readdirSync(place)).toEqual(["acl.toml"]);
    expect(readFileSync(join(place, "acl.toml"), "utf8")).toBe("# mine\n");
    rmSync(join(place, "acl.toml"));
    const { hex } = await make(place);
    rmSync(join(place, "acl.toml"));
    expect((await make(place)).hex).toBe(hex);
  });
});
