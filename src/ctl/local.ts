import { commands } from "../../generated/commands.gen.js";
import { methods, version } from "../../generated/methods.gen.js";
import { connect } from "../../sdk/connect.js";
import { stringifyExactly } from "../../sdk/exact.js";
import { nearest } from "../words/nearest.js";
import { bashLine } from "./bash-line.js";
import { call, jsonObject } from "./call.js";
import { complete } from "./complete.js";
import { completionScript } from "./completion-scripts.js";
import type { Globals } from "./globals.js";
import { helpText } from "./help.js";
import type { Io } from "./io.js";
import { followers } from "./parse.js";
import { connectionOf } from "./place.js";
import { textIn } from "./stdin.js";
import { cellText } from "./table.js";
import { UsageError } from "./usage.js";

interface Local {
  readonly name: string;
  readonly words: readonly string[];
  readonly globals: Globals;
}

const NOT_WELL = 1;
const BAD_LIST = 78;

/** Runs a command of this program's own and answers the exit code. */
export async function runLocal({ name, words, globals: given }: Local, io: Io): Promise<number> {
  switch (name) {
    case "call":
      return callByName(words, given, io);
    case "acl check":
      return checkList(words, given, io);
    case "key new":
      return told((await import("./keys.js")).newKey(one(words, "key new FILE")), given, io);
    case "token new":
      return told((await import("./keys.js")).newToken(words), given, io);
    case "completion":
      io.out(completionScript(one(words, "completion bash|zsh|fish")));
      return 0;
    case "__complete":
      io.out((await completed(words, io)).map((word) => `${word}\n`).join(""));
      return 0;
    case "help":
      io.out(helpText(knownPath(words), io.style, Math.min(io.width, 100)));
      return 0;
    case "version":
      io.out(`my-os-ctl ${version}\n`);
      return 0;
    default:
      return askPage(name, words, given, io);
  }
}

/** `__complete -- WORD…` for shells that quote what they insert, `__complete bash LINE` for the one that does not. */
async function completed([shell, ...words]: readonly string[], io: Io): Promise<string[]> {
  const daemon = async (place: Globals) => connect(await connectionOf(place, io.env));
  if (shell !== "bash") return complete(words, daemon);
  const line = bashLine(words[0] ?? "");
  return (await complete(line.words.slice(1), daemon)).map(line.inserted);
}

function one(words: readonly string[], usage: string): string {
  const [word, ...more] = words;
  if (word === undefined || more.length > 0) throw new UsageError(`wanted: my-os-ctl ${usage}`);
  return word;
}

function none(words: readonly string[], name: string): void {
  if (words.length > 0) throw new UsageError(`\`${words[0]}\` is not understood: ${name} takes no words`);
}

function knownPath(words: readonly string[]): readonly string[] {
  for (const [index, word] of words.entries()) {
    const next = followers(words.slice(0, index));
    if (next.has(word)) continue;
    const meant = nearest(word, next);
    throw new UsageError(
      `there is no command \`${words.slice(0, index + 1).join(" ")}\``,
      meant && `did you mean ${meant}?`,
    );
  }
  return words;
}

async function callByName(words: readonly string[], given: Globals, io: Io): Promise<number> {
  const [method = "", text = "{}", ...more] = words;
  if (method === "" || more.length > 0) throw new UsageError("wanted: my-os-ctl call METHOD [JSON|-]");
  const command = commands.find((one) => one.method === method);
  if (command === undefined) {
    const meant = nearest(method, Object.keys(methods));
    throw new UsageError(`there is no method \`${method}\``, meant && `did you mean ${meant}?`);
  }
  return call(command, jsonObject(text === "-" ? await textIn(io.input) : text, "parameters"), given, io);
}

async function askPage(name: string, words: readonly string[], given: Globals, io: Io): Promise<number> {
  none(words, name);
  const os = connect(await connectionOf(given, io.env));
  try {
    if (name === "discover") {
      io.out(`${stringifyExactly(await os.discover())}\n`);
      return 0;
    }
    if (name === "whoami") return told(await os.whoami(), given, io);
    const health = await os.health();
    told(health, given, io);
    return health.degraded === undefined || health.degraded.length === 0 ? 0 : NOT_WELL;
  } finally {
    os.close();
  }
}

function told(value: object, { json, output }: Globals, io: Io): number {
  if (json || output === "json") io.out(`${stringifyExactly(value)}\n`);
  else for (const [key, item] of Object.entries(value)) io.out(`${io.style.bold(key)}${toldText(item, key)}\n`);
  return 0;
}

/** What is to be copied into a file keeps its lines. */
const toldText = (item: unknown, key: string): string =>
  typeof item === "string" && item.includes("\n") ? `\n${item}` : `  ${cellText(item, key)}`;

async function checkList(words: readonly string[], { json, output }: Globals, io: Io): Promise<number> {
  const { aclReportText, checkAcl } = await import("../rpc/acl/check.js");
  const report = checkAcl(one(words, "acl check FILE"));
  io.out(json || output === "json" ? `${JSON.stringify(report)}\n` : `${aclReportText(report)}\n`);
  return report.ok ? 0 : BAD_LIST;
}
