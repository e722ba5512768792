import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CommandFailed, run, ToolMissing } from "../../src/kernel/exec.js";

/** A folder that stands alone on `PATH`, with a script in a tool's place. */
let folder: string;
let path: string | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mos-t-"));
  path = process.env.PATH;
  process.env.PATH = folder;
});
afterEach(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true });
});

function place(script: string, mode = 0o755): void {
  writeFileSync(join(folder, "ip"), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, "ip"), mode);
}

describe("a system tool", () => {
  it("gets its arguments as they are, and no shell sees them", async () => {
    place(`for word in "$@"; do printf '<%s>' "$word"; done`);
    const hostile = ["$(id)", "a b", "'; rm -rf /", "`id`", "--", "ü\n"];
    expect((await run("ip", hostile)).stdout).toBe(hostile.map((word) => `<${word}>`).join(""));
  });

  it("speaks plain English, reads nothing, and hands its bytes over as they are", async () => {
    place(`read line; printf '%s|%s|' "$LC_ALL" "$line"; printf '\\351\\n'`);
    const { bytes } = await run("ip", []);
    expect(bytes).toEqual(Buffer.from("C||\xe9\n", "latin1"));
  });

  it("may be told something on standard input", async () => {
    place(`while read -r line; do echo "got $line"; done`);
    expect((await run("ip", [], { input: "one\ntwo\n" })).stdout).toBe("got one\ngot two\n");
  });

  it("that is not there is missing by name and package, and found as soon as it is installed", async () => {
    await expect(run("ip", [])).rejects.toMatchObject({ name: "ToolMissing", tool: "ip", package: "iproute2" });
    place("echo there", 0o644);
    await expect(run("ip", [])).rejects.toBeInstanceOf(ToolMissing);
    place("echo there");
    expect((await run("ip", [])).stdout).toBe("there\n");
  });

  it("is never looked for in the working folder", async () => {
    place("echo wrong");
    process.env.PATH = `:.:relative/${folder}`;
    await expect(run("ip", [])).rejects.toBeInstanceOf(ToolMissing);
  });

  it("that fails says its command, its exit code and its last words", async () => {
    place(`printf '%05000d' 7 >&2; echo 'no such device' >&2; exit 3`);
    const failure = run("ip", ["link"]);
    await expect(failure).rejects.toBeInstanceOf(CommandFailed);
    await expect(failure).rejects.toMatchObject({ argv: ["ip", "link"], exitCode: 3 });
    const { stderr } = await failure.catch((error: CommandFailed) => error);
    expect(stderr).toHaveLength(4096);
    expect(stderr.endsWith("no such device")).toBe(true);
    expect(await run("ip", ["link"], { okCodes: [0, 3] })).toMatchObject({ exitCode: 3 });
  });

  it("is ended when its deadline passes, even where it does not listen", async () => {
    place(`trap '' TERM; while :; do :; done`);
    const started = performance.now();
    await expect(run("ip", [], { deadlineMs: 200 })).rejects.toMatchObject({ exitCode: -1 });
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it("is ended when the caller goes, with the caller's reason", async () => {
    place(`while :; do :; done`);
    const gone = new Error("the caller is gone");
    const controller = new AbortController();
    setTimeout(() => controller.abort(gone), 100);
    await expect(run("ip", [], { signal: controller.signal })).rejects.toBe(gone);
  });

  it("may not flood the daemon", async () => {
    place(`while :; do echo yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy; done`);
    await expect(run("ip", [], { maxBytes: 100_000 })).rejects.toThrow("more output than is taken");
  });
});
