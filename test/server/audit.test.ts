import { execFileSync } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AuditFile } from "../../src/server/audit-file.js";
import { logBook } from "../rpc/parts.js";
import { Daemon } from "../world/daemon.js";
import { send } from "../world/peer.js";
import { accessListText, people, tokens } from "../world/people.js";

const isRoot = process.getuid?.() === 0;
let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "my-os-audit-"));
  file = join(folder, "audit.log");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Line = Record<string, unknown>;
const linesOf = (path: string): Line[] =>
  readFileSync(path, "utf8")
    .split(/(?<=\n)/)
    .map((line) => {
      expect(line.endsWith("\n")).toBe(true);
      return JSON.parse(line);
    });

describe("a file of lines", () => {
  const log = logBook();
  const auditFile = (target: string | number = file, maxBytes = 1 << 20) => new AuditFile({ target, maxBytes }, log);
  const line = (n: number) => `${JSON.stringify({ n })}\n`;

  it("is for its owner alone, and has each line when `append` returns", () => {
    const audit = auditFile();
    for (let n = 0; n < 3; n++) {
      audit.append(line(n));
      expect(linesOf(file)).toHaveLength(n + 1);
    }
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("is added to by the next daemon, and half a line that was left in it stays alone", () => {
    writeFileSync(file, `${line(1)}{"n":`);
    auditFile().append(line(2));
    expect(readFileSync(file, "utf8")).toBe(`${line(1)}{"n":\n${line(2)}`);
  });

  it("is put aside at its size, five times, with no line lost or split between", () => {
    const audit = auditFile(file, 400);
    for (let n = 0; n < 1000; n++) audit.append(line(n));
    const names = ["audit.log", ...[1, 2, 3, 4, 5].map((age) => `audit.log.${age}`)];
    expect(readdirSync(folder).sort()).toEqual(names);
    for (const name of names) expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(400);
    const kept = names.reverse().flatMap((name) => linesOf(join(folder, name)).map(({ n }) => Number(n)));
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, at) => 1000 - kept.length + at));
    expect(kept.length).toBeGreaterThan(150);
  });

  it("takes a line that is longer than its size", () => {
    const audit = auditFile(file, 10);
    for (const n of [1, 2]) audit.append(line(n * 1e12));
    expect([linesOf(`${file}.1`), linesOf(file)]).toEqual([[{ n: 1e12 }], [{ n: 2e12 }]]);
  });

  it("that somebody moved away is begun anew, and so is one whose folder was replaced", () => {
    const audit = auditFile();
    audit.append(line(1));
    rmSync(file);
    audit.append(line(2));
    expect(linesOf(file)).toEqual([{ n: 2 }]);
    rmSync(folder, { recursive: true });
    expect(audit.obstacle()).toMatch(/ENOENT/);
    audit.append(line(3));
    audit.append(line(4));
    mkdirSync(folder);
    expect(audit.obstacle()).toBeUndefined();
    expect(linesOf(file)).toEqual([{ n: 3 }, { n: 4 }]);
  });

  it("that cannot be moved aside grows, and the log says so once", () => {
    const own = logBook();
    const audit = new AuditFile({ target: file, maxBytes: 50 }, own);
    mkdirSync(`${file}.5`);
    writeFileSync(`${file}.4`, "");
    for (let n = 0; n < 20; n++) audit.append(line(n));
    expect(linesOf(file)).toHaveLength(20);
    expect(own.lines.filter(({ said }) => said === "error the audit file grows beyond its size")).toHaveLength(1);
  });

  it("on a full device says so once, with the line that is owed", () => {
    const own = logBook();
    const audit = new AuditFile({ target: "/dev/full", maxBytes: 50 }, own);
    for (let n = 0; n < 3; n++) audit.append(line(n));
    expect(audit.obstacle()).toMatch(/ENOSPC/);
    expect(own.lines).toEqual([
      {
        said: "error the audit cannot be written, writes are refused until it can",
        fields: { file: "/dev/full", reason: expect.stringMatching(/ENOSPC/), owed: '{"n":0}' },
      },
    ]);
  });
});

describe("a daemon", () => {
  const write = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "net.bridge.delete", params: { name: "mos-none0" } });
  /** What becomes of a write that finds nothing to change: nothing here may touch this machine. */
  const nothingThere = expect.stringMatching(/^(unsupported|not_found)$/);
  const read = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "rpc.discover" });
  const bare = { "X-Public-Key": people.operator.publicKey };
  let daemon: Daemon;

  async function start(flags: readonly string[] = [], wrapper: readonly string[] = []) {
    const acl = join(folder, "acl.toml");
    writeFileSync(acl, accessListText("read"), { mode: 0o600 });
    daemon = await Daemon.start(["--acl", acl, ...flags], wrapper);
  }

  /** A pipe for a daemon's standard output, read from `fd` without waiting. */
  function outputPipe(): { fd: number; wrapper: readonly string[] } {
    const pipe = join(folder, "output");
    execFileSync("mkfifo", [pipe]);
    const fd = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
    return { fd, wrapper: ["sh", "-c", 'exec "$@" >"$0"', pipe] };
  }
  afterEach(() => daemon.stop());

  const post = async (body: string, headers: Record<string, string> = bare) => {
    const { text } = await send({ socket: daemon.socket, method: "POST", path: "/rpc", headers, body });
    return JSON.parse(text);
  };
  const idOf = (answer: { error: { data: Line } }) => answer.error.data.request_id;
  const peer = { uid: process.getuid?.(), pid: process.pid };

  it("writes to its state folder who wrote, who was refused, and that it began", async () => {
    await start();
    const answers = [
      await post(write),
      await post(write, {}),
      await post(read, { Authorization: `Bearer ${tokens.expired}` }),
    ];
    await post(read);
    await daemon.get("/whoami");
    const identity = { kind: "identified", key: people.operator.publicKey, proof: "peer" };
    expect(linesOf(join(daemon.folder, "state/audit.log"))).toMatchObject([
      { event: "started", pid: daemon.child.pid },
      {
        request_id: idOf(answers[0]),
        identity,
        peer,
        method: "net.bridge.delete",
        params: { name: "mos-none0" },
        outcome: nothingThere,
      },
      { request_id: idOf(answers[1]), identity: { kind: "anonymous_local" }, peer, outcome: "permission_denied" },
      {
        request_id: idOf(answers[2]),
        identity: { kind: "unauthenticated" },
        peer,
        method: "rpc.discover",
        reason: "expired",
      },
    ]);
  });

  it("writes of pages that it refused, too", async () => {
    await start(["--audit", file]);
    const headers = { Authorization: `Bearer ${tokens.unknown}` };
    await send({ socket: daemon.socket, method: "GET", path: "/health", headers, body: "" });
    expect(linesOf(file).slice(1)).toMatchObject([
      { method: "GET /health", outcome: "unauthenticated", reason: "unknown_token" },
    ]);
  });

  it("writes at its end how many refusals it only counted", async () => {
    await start(["--audit", file]);
    const batch = `[${Array.from({ length: 100 }, () => write).join(",")}]`;
    await post(batch, { Authorization: `Bearer ${tokens.unknown}` });
    expect(linesOf(file)).toHaveLength(61);
    daemon.child.kill("SIGTERM");
    await once(daemon.child, "exit");
    expect(linesOf(file).slice(61)).toMatchObject([{ event: "refusals_not_listed", count: 40 }]);
  });

  it("with `-` writes to standard output, a line before each answer", async () => {
    const { fd, wrapper } = outputPipe();
    await start(["--audit", "-"], wrapper);
    const { request_id } = (await post(write)).error.data;
    const seen = Buffer.alloc(1 << 16);
    const lines = seen.toString("utf8", 0, readSync(fd, seen)).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ event: "started" }, { request_id }]);
    expect(readdirSync(join(daemon.folder, "state"))).not.toContain("audit.log");
    closeSync(fd);
  });

  it("with `-` refuses writes while nobody reads its output, and never waits", async () => {
    const { fd, wrapper } = outputPipe();
    await start(["--audit", "-"], wrapper);
    const batch = `[${Array.from({ length: 500 }, () => write).join(",")}]`;
    const answers: { error: { data: Line } }[] = await post(batch);
    expect(answers.at(-1)?.error.data).toMatchObject({ kind: "internal_error", reason: "audit_unavailable" });
    expect(await post(read)).toHaveProperty("result");
    const seen = Buffer.alloc(1 << 20);
    const told = () => seen.toString("utf8", 0, readSync(fd, seen));
    const first = told();
    expect((await post(write)).error.data.kind).toEqual(nothingThere);
    const lines = (first + told())
      .trimEnd()
      .split("\n")
      .map((line): Line => JSON.parse(line));
    const done = answers.filter(({ error }) => error.data.reason !== "audit_unavailable");
    // The daemon's start, the writes that it did, and the one after them: none is missing and none is torn.
    expect(lines).toHaveLength(done.length + 2);
    closeSync(fd);
  });

  it.runIf(isRoot)(
    "refuses every write on a disk that is filling up, before one runs that has no room for its line",
    async () => {
      const disk = join(folder, "disk");
      mkdirSync(disk);
      const mounted = 'mount -t tmpfs -o size=512k none "$0" && exec "$@"';
      await start(["--audit", join(disk, "audit.log")], ["unshare", "--mount", "sh", "-c", mounted, disk]);
      const inside = join(`/proc/${daemon.child.pid}/root`, disk);
      const before = (await post(write)).error.data;
      writeFileSync(join(inside, "filler"), Buffer.alloc(400 << 10));
      expect((await post(write)).error.data).toMatchObject({ kind: "internal_error", reason: "audit_unavailable" });
      expect(await post(read)).toHaveProperty("result");
      rmSync(join(inside, "filler"));
      const after = (await post(write)).error.data;
      expect(linesOf(join(inside, "audit.log")).slice(1)).toMatchObject([
        { request_id: before.request_id },
        { request_id: after.request_id },
      ]);
    },
  );

  it("with `none` writes nothing and says so", async () => {
    await start(["--audit", "none"]);
    expect((await post(write)).error.data.kind).toEqual(nothingThere);
    expect(readdirSync(join(daemon.folder, "state"))).toEqual(["lock"]);
    expect(daemon.log).toContain("there is no audit");
  });

  it("refuses every write while its file cannot be written, goes on reading, and recovers by itself", async () => {
    const place = join(folder, "place");
    mkdirSync(place);
    await start(["--audit", join(place, "audit.log")]);
    const degraded = async () => JSON.parse((await daemon.get("/health")).body.toString()).degraded;
    expect((await post(write)).error.data.kind).toEqual(nothingThere);
    rmSync(place, { recursive: true });
    writeFileSync(place, "no folder any more");
    for (let round = 0; round < 3; round++)
      expect((await post(write)).error.data).toMatchObject({ kind: "internal_error", reason: "audit_unavailable" });
    expect(await post(read)).toHaveProperty("result");
    expect((await post(write, {})).error.data.kind).toBe("permission_denied");
    expect(await degraded()).toMatchObject([{ part: "audit", reason: expect.stringMatching(/ENOTDIR/) }]);
    rmSync(place);
    mkdirSync(place);
    expect((await post(write)).error.data.kind).toEqual(nothingThere);
    expect(await degraded()).toEqual([]);
    const lines = linesOf(join(place, "audit.log"));
    expect(lines).toMatchObject([{ event: "refusals_lost", count: 1 }, { outcome: nothingThere }]);
    expect(daemon.log.match(/the audit cannot be written/g)).toHaveLength(1);
    expect(daemon.log.match(/the audit is written again/g)).toHaveLength(1);
  });

  it.each(["/dev/full", "/nowhere/audit.log"])(
    "starts with an audit that cannot be written, and only reads: %s",
    async (place) => {
      await start(["--audit", place]);
      expect((await post(write)).error.data).toMatchObject({ kind: "internal_error", reason: "audit_unavailable" });
      expect(await post(read)).toHaveProperty("result");
    },
  );

  it("puts its file aside at the size it was told", async () => {
    await start(["--audit", file, "--audit-max-bytes", "4096"]);
    for (let round = 0; round < 40; round++) await post(write);
    expect(existsSync(`${file}.1`)).toBe(true);
    const all = [...linesOf(`${file}.1`), ...linesOf(file)];
    expect(all.filter(({ method }) => method === "net.bridge.delete").length).toBeGreaterThan(10);
  });

  /** Sends writes one after the other on one connection until the daemon is gone; the ids of those that were answered. */
  async function hammer(killAt: number): Promise<string[]> {
    const answered: string[] = [];
    const socket = connect(daemon.socket);
    const request = `POST /rpc HTTP/1.1\r\nHost: node\r\nX-Public-Key: ${bare["X-Public-Key"]}\r\nContent-Length: ${write.length}\r\n\r\n${write}`;
    socket.on("error", () => {});
    let received = "";
    socket.setEncoding("utf8").on("data", (text: string) => {
      received += text;
      const id = /"request_id":"([^"]+)".*\}\}$/.exec(received)?.[1];
      if (id === undefined) return;
      answered.push(id);
      received = "";
      if (answered.length < 10_000) socket.write(request);
      if (answered.length === killAt) daemon.child.kill("SIGKILL");
    });
    socket.write(request);
    // An error comes before it, and `once` would end with that.
    await new Promise((resolve) => socket.on("close", resolve));
    return answered;
  }

  it("that is killed in the middle of 10,000 writes loses at most the one in flight", async () => {
    await start(["--audit", file]);
    const killAt = 4000 + Math.floor(Math.random() * 2000);
    const answered = await hammer(killAt);
    expect(answered.length).toBeGreaterThanOrEqual(killAt);
    expect(answered.length).toBeLessThan(10_000);
    const audited = linesOf(file).flatMap(({ request_id }) => (typeof request_id === "string" ? [request_id] : []));
    expect(audited.slice(0, answered.length)).toEqual(answered);
    expect(audited.length - answered.length).toBeLessThanOrEqual(1);
  }, 60_000);
});
