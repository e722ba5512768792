import { call } from "./call.js";
import { exitCodeOf, failureText } from "./failure.js";
import { type Io, processIo } from "./io.js";
import { type Parsed, parse } from "./parse.js";

const HELP_WIDTH = 100;

/** Runs one command line and answers the exit code; whatever goes wrong is told on standard error. */
export async function runCtl(argv: readonly string[], ioWith = processIo): Promise<number> {
  // The colour must be known before anything can be wrong.
  let io = ioWith(/^--color=(\w+)$/.exec(argv.find((word) => word.startsWith("--color=")) ?? "")?.[1]);
  let parsed: Parsed | undefined;
  try {
    parsed = parse(argv);
    io = ioWith(parsed.globals.color);
    return await run(parsed, io);
  } catch (error) {
    io.err(failureText(error, io.errStyle, parsed?.kind === "call" ? parsed.command : undefined));
    return exitCodeOf(error);
  }
}

async function run(parsed: Parsed, io: Io): Promise<number> {
  if (parsed.kind === "help") {
    const { helpText } = await import("./help.js");
    io.out(helpText(parsed.path, io.style, Math.min(io.width, HELP_WIDTH)));
    return 0;
  }
  // What a call does not need is not read from the disk for it: a command must answer at once.
  if (parsed.kind === "local") return (await import("./local.js")).runLocal(parsed, io);
  return call(parsed.command, parsed.params, parsed.globals, io);
}
