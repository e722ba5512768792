import type { Command } from "../../generated/commands.gen.js";
import { connect } from "../../sdk/connect.js";
import { parseExactly } from "../../sdk/exact.js";
import type { confirm } from "./confirm.js";
import type { Globals } from "./globals.js";
import type { Io } from "./io.js";
import { connectionOf } from "./place.js";
import { formOf, resultText, warningsText } from "./result.js";
import { textIn } from "./stdin.js";
import { UsageError } from "./usage.js";

const DECLINED = 1;

/** Calls a method and shows its result. */
export async function call(
  command: Command,
  flags: Readonly<Record<string, unknown>>,
  given: Globals,
  io: Io,
): Promise<number> {
  const form = formOf(given);
  const params = { ...(await paramsIn(given.params, io)), ...flags };
  requireAll(command, params);
  const os = connect(await connectionOf(given, io.env));
  try {
    if (command.destructive && !given.yes && !(await isConfirmed(command, params, os, io))) {
      io.err("Nothing was done.\n");
      return DECLINED;
    }
    const ask = (): Promise<unknown> => os.call(command.method, params as never);
    const show = (result: unknown) => resultText(command, result, form, io);
    if (given.watch !== undefined)
      return await (await import("./watch.js")).watch({ command, every: given.watch, ask, show, io });
    const result = await ask();
    io.out(await show(result));
    if (form === "table") io.err(warningsText(result, io.errStyle, command));
    if (given.wait) await (await import("./progress.js")).showProgress(command, params, os, io);
    return exitCodeOfResult(result);
  } finally {
    os.close();
  }
}

const isConfirmed: typeof confirm = async (...asked) => (await import("./confirm.js")).confirm(...asked);

/** `ok: false` and `status: "fail"` are answers, and a script wants to know without reading them. */
function exitCodeOfResult(result: unknown): number {
  if (typeof result !== "object" || result === null) return 0;
  if ("ok" in result && result.ok === false) return 1;
  return "status" in result && result.status === "fail" && "checks" in result ? 1 : 0;
}

async function paramsIn(text: string | undefined, io: Io): Promise<Record<string, unknown>> {
  if (text === undefined) return {};
  const json = text === "-" ? await textIn(io.input) : text;
  return jsonObject(json, "--params");
}

/** The JSON object that a text holds; `where` says whose it is. */
export function jsonObject(text: string, where: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = parseExactly(text);
  } catch (error) {
    throw new UsageError(`${where}: this is no JSON: ${error instanceof Error ? error.message : error}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new UsageError(`${where}: a JSON object is wanted`);
  return { ...value };
}

function requireAll(command: Command, params: Readonly<Record<string, unknown>>): void {
  const missing = command.flags.filter(({ name, required }) => required && !Object.hasOwn(params, name));
  if (missing.length === 0) return;
  const names = missing.map(({ flag }) => flag).join(" and ");
  throw new UsageError(
    `${names} ${missing.length === 1 ? "is" : "are"} wanted`,
    `see \`my-os-ctl ${command.path.join(" ")} --help\``,
  );
}
