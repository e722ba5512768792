import { type Command, commands, type Flag } from "../../generated/commands.gen.js";
import { version } from "../../generated/methods.gen.js";
import { type GlobalFlag, globalNames, globals } from "./globals.js";
import { locals } from "./locals.js";
import type { Style } from "./style.js";
import { wrapped } from "./width.js";

const INDENT = 6;

/** The help of a command, of a group of commands, or of everything. */
export function helpText(path: readonly string[], style: Style, columns: number): string {
  const command = commands.find((one) => one.path.join(" ") === path.join(" "));
  const inner = groupText(path, style, columns);
  const local = locals.find((one) => one.path.join(" ") === path.join(" "));
  if (command)
    return `${commandText(command, style, columns)}${inner === "" ? "" : `\n${style.bold("Commands")}\n${inner}`}`;
  if (local)
    return `Usage: my-os-ctl ${[...local.path, local.usage].join(" ").trim()}\n\n${local.summary}\n\n${globalText(style, columns)}`;
  const head = path.length === 0 ? introduction(columns) : `Usage: my-os-ctl ${path.join(" ")} COMMAND [flags]\n`;
  return `${head}\n${style.bold("Commands")}\n${inner}\n${globalText(style, columns)}`;
}

const introduction = (columns: number): string =>
  `Usage: my-os-ctl COMMAND [flags]\n\n${wrapped(
    `Manages a Linux node's network and storage through my_os_server (this program: ${version}). Every method of the daemon is a command: net.routes.add is \`my-os-ctl net routes add\`.`,
    columns,
  ).join("\n")}\n`;

/** The commands below these words, one a line. */
function groupText(path: readonly string[], style: Style, columns: number): string {
  const below = [...commands, ...locals].filter(
    (one) => one.path.length > path.length && path.every((word, index) => one.path[index] === word),
  );
  const names = below.map((one) => one.path.join(" "));
  const width = Math.max(0, ...names.map((name) => name.length)) + 2;
  return below
    .map((one, index) => {
      const [first = "", ...more] = wrapped(one.summary, Math.max(20, columns - width - 2));
      const rows = [
        `  ${style.bold((names[index] ?? "").padEnd(width))}${first}`,
        ...more.map((row) => " ".repeat(width + 2) + row),
      ];
      return `${rows.join("\n")}\n`;
    })
    .join("");
}

function commandText(command: Command, style: Style, columns: number): string {
  const required = command.flags.filter((flag) => flag.required).map((flag) => `${flag.flag} ${placeholder(flag)}`);
  const paragraphs = command.description.split("\n\n").map((text) => wrapped(text, columns).join("\n"));
  const marks = [
    `Right: ${command.right}.`,
    command.destructive ? style.bad("Can destroy data: asks first, unless --yes.") : "",
    command.mosOnly ? "Answered on MOS nodes only." : "",
    command.deprecated ? style.warn("Deprecated.") : "",
  ];
  const usage = [
    "my-os-ctl",
    ...command.path,
    ...required,
    ...(command.flags.length > required.length ? ["[flags]"] : []),
  ];
  const flags = command.flags.map((flag) => flagText(flag, style, columns)).join("");
  return [
    `${style.bold(command.summary)}\n\nUsage: ${usage.join(" ")}\n\n`,
    `${paragraphs.join("\n\n")}\n\n${marks.filter(Boolean).join(" ")}\n`,
    flags === "" ? "" : `\n${style.bold("Flags")}\n${flags}`,
    `\n${style.dim("Global flags: my-os-ctl --help")}\n`,
  ].join("");
}

function flagText(flag: Flag, style: Style, columns: number): string {
  const facts = [
    flag.required ? "required" : "",
    flag.repeatable ? "may be given more than once" : "",
    flag.nullable ? "`null` lifts it" : "",
    flag.default === undefined ? "" : `default ${JSON.stringify(flag.default)}`,
  ].filter(Boolean);
  const head = `  ${style.bold(flag.flag)}${flag.type === "boolean" ? "" : ` ${placeholder(flag)}`}`;
  const text = `${flag.description}${facts.length === 0 ? "" : ` (${facts.join("; ")})`}`;
  return `${head}\n${indented(text, columns)}`;
}

/** What stands for a flag's value. */
function placeholder({ type, name, enum: words }: Flag): string {
  if (words) return words.join("|");
  if (type === "integer") return name.endsWith("_bytes") ? "BYTES" : "N";
  return type === "string" ? "TEXT" : type.toUpperCase();
}

function globalText(style: Style, columns: number): string {
  const rows = globalNames.map((name) => {
    const row: GlobalFlag = globals[name];
    const short = row.short === undefined ? "" : `-${row.short}, `;
    const text = `${row.help}${row.env === undefined ? "" : ` $${row.env}`}`;
    return `  ${short}${style.bold(`--${name}`)}${row.placeholder === undefined ? "" : ` ${row.placeholder}`}\n${indented(text, columns)}`;
  });
  return `${style.bold("Global flags")}\n${rows.join("")}`;
}

const indented = (text: string, columns: number): string =>
  wrapped(text.replaceAll("\n", " "), Math.max(20, columns - INDENT))
    .map((row) => `${" ".repeat(INDENT)}${row}\n`)
    .join("");
