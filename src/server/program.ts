import { exitCodes, StartRefused } from "../config/exit.js";
import { configText, helpText } from "../config/help.js";
import { loadSettings } from "../config/load.js";
import type { Program, Settings } from "../config/settings.js";
import { readSpecification } from "../rpc/specification.js";

/** Starts a program with the settings of its command line, or does what that asks for instead; what refuses ends it with one of `exitCodes`. */
export async function runProgram(
  program: Program,
  argv: readonly string[],
  start: (settings: Settings) => Promise<void>,
): Promise<void> {
  try {
    const loaded = loadSettings(argv, program);
    if (loaded.action === "help") process.stdout.write(helpText(program));
    else if (loaded.action === "version") process.stdout.write(`${program} ${readSpecification().info.version}\n`);
    else if (loaded.action === "print_config") process.stdout.write(configText(loaded, program));
    else await start(loaded.settings);
  } catch (error) {
    const refused = error instanceof StartRefused;
    const said = refused ? error.message : `internal error: ${error instanceof Error ? error.stack : error}`;
    process.stderr.write(`${program}: ${said}\n`);
    process.exitCode = refused ? error.exitCode : exitCodes.internal;
  }
}
