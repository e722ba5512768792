import { call } from "./call.js";
import { exitCodeOf, failureText } from "./failure.js";
import { helpText } from "./help.js";
import { type Io, processIo } from "./io.js";
import { runLocal } from "./local.js";
import { type Parsed, parse } from "./parse.js";

const HELP_WIDTH = 100;

/** Runs one command line and answers the exit code; whatever goes wrong is told on standard error. */
export async function runCtl(argv: readonly string[], ioWith = processIo): Promise<number> {
  // The colour must be known before anything can be wrong.
  let io = ioWith(/^--color=(\w+)$/.exec(argv.find((word) => word.startsWith("--color=")) ?? "")?.[1]);
  try {
    const parsed = parse(argv);
    io = ioWith(parsed.globals.color);
    return await run(parsed, io);
  } catch (error) {
    io.err(failureText(error, io.errStyle));
    return exitCodeOf(error);
  }
}

async function run(parsed: Parsed, io: Io): Promise<number> {
  if (parsed.kind === "help") {
    io.out(helpText(parsed.path, io.style, Math.min(io.width, HELP_WIDTH)));
    return 0;
  }
  if (parsed.kind === "local") return runLocal(parsed, io);
  return call(parsed.command, parsed.params, parsed.globals, io);
}
