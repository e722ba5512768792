import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockFile } from "../../src/kernel/lock.js";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "my-os-lock-"));
  path = join(folder, "lock");
});
afterEach(() => rmSync(folder, { recursive: true }));

function taken() {
  const outcome = lockFile(path);
  if (!outcome.held) throw new Error(`held by ${outcome.holder}`);
  return outcome;
}

describe("the lock of a folder", () => {
  it("is had once, and who has it is told", () => {
    const first = taken();
    expect(lockFile(path)).toEqual({ held: false, holder: String(process.pid) });
    first.release();
  });

  it("is free again when it is released", () => {
    taken().release();
    taken().release();
    expect(readFileSync(path, "utf8")).toBe(`${process.pid}\n`);
  });

  it("is not had by what a dead process wrote", () => {
    writeFileSync(path, "123456789\n");
    taken().release();
    expect(readFileSync(path, "utf8")).toBe(`${process.pid}\n`);
  });

  it("is had where the holder's name cannot be written, as on a full disk", () => {
    symlinkSync("/dev/full", path);
    const first = taken();
    expect(spawnSync("flock", ["--nonblock", path, "true"]).status).toBe(1);
    first.release();
  });

  it("keeps other processes out, and ends with its own", async () => {
    const child = spawn("flock", ["--exclusive", path, "sh", "-c", "echo locked; exec cat"]);
    await once(child.stdout, "data");
    expect(lockFile(path)).toMatchObject({ held: false });
    child.stdin.end();
    await once(child, "exit");
    taken().release();
  });

  it("is not passed on to the programs that are started meanwhile", async () => {
    const lock = taken();
    const child = spawn("sleep", ["5"]);
    await once(child, "spawn");
    lock.release();
    taken().release();
    child.kill();
  });
});
