import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommandFailed, type RunResult, ToolMissing } from "./exec.js";
import { readExtent } from "./fingerprint.js";
import { findTool, type Tool } from "./tools.js";

/** So much of what a tool wrote is kept. */
const KEPT = 64 * 1024;
const STDERR_KEPT = 4096;

export interface LastingOptions {
  /** Descriptors that the tool inherits and keeps open as long as it runs, such as one with a lock. */
  readonly inherit?: readonly number[];
  readonly input?: string;
}

/**
 * Runs a tool that must reach its end whatever becomes of the caller: in a session of its own, without a deadline,
 * writing into files that nobody else sees, because a pipe would end it together with this process.
 * Rejects with `ToolMissing` or `CommandFailed`.
 */
export async function runLasting(
  tool: Tool,
  args: readonly string[],
  { inherit = [], input = "" }: LastingOptions = {},
): Promise<RunResult> {
  const { path } = await findTool(tool);
  if (path === undefined) throw new ToolMissing(tool);
  const spools: FileHandle[] = [];
  try {
    for (let left = 3; left > 0; left -= 1) spools.push(await spool());
    const [stdin, stdout, stderr] = spools as [FileHandle, FileHandle, FileHandle];
    await stdin.write(Buffer.from(input), 0, undefined, 0);
    const child = spawn(path, args, {
      argv0: tool,
      detached: true,
      env: { ...process.env, LC_ALL: "C", LANGUAGE: "C" },
      stdio: [stdin.fd, stdout.fd, stderr.fd, ...inherit],
    });
    const [exitCode, signal]: [number | null, string | null] = await ended(child, tool);
    const bytes = await written(stdout, KEPT);
    const words = (await written(stderr, STDERR_KEPT)).toString("utf8").trim();
    if (exitCode !== 0) {
      const why = exitCode === null ? `ended by ${signal}` : `exit code ${exitCode}`;
      throw new CommandFailed([tool, ...args], exitCode ?? -1, words, why);
    }
    return { bytes, stdout: bytes.toString("utf8"), stderr: words, exitCode };
  } finally {
    for (const file of spools) await file.close();
  }
}

async function ended(child: ReturnType<typeof spawn>, tool: Tool): Promise<[number | null, string | null]> {
  try {
    const [code, signal] = await once(child, "exit");
    return [code, signal];
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") throw new ToolMissing(tool);
    throw error;
  }
}

/** A file without a name: gone when the last of us and the tool lets go of it. */
async function spool(): Promise<FileHandle> {
  const path = join(tmpdir(), `my-os-spool-${randomUUID()}`);
  const file = await open(path, "wx+", 0o600);
  await unlink(path);
  return file;
}

/** The last bytes of a file. */
async function written(file: FileHandle, most: number): Promise<Buffer> {
  const { size } = await file.stat();
  return readExtent(file, BigInt(Math.max(0, size - most)), Math.min(size, most));
}
