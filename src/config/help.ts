import type { Loaded } from "./load.js";
import {
  actions,
  DEFAULT_CONFIG_FILE,
  flagOf,
  type Program,
  type Setting,
  settings,
  settingsOf,
  variableOf,
} from "./settings.js";

/** The text of `--help`. */
export function helpText(program: Program): string {
  const rows = settingsOf(program).map((name) => {
    const row: Setting<unknown> = settings[name];
    const places = row.toml === undefined ? `$${variableOf(name)}` : `$${variableOf(name)}, ${row.toml}`;
    return [usage(flagOf(name), row.short, row.kind.placeholder), row.help, places] as const;
  });
  const ends = Object.entries(actions).map(([name, row]) => {
    return [usage(flagOf(name), row.short, undefined), row.help] as const;
  });
  const lines = [...rows, ...ends].flatMap(([flag, ...texts]) => [
    `  ${flag}`,
    ...texts.map((text) => `        ${text}`),
  ]);
  return [
    `Usage: ${program} [flags]`,
    "",
    "One daemon for this node's network and storage: JSON-RPC 2.0 over HTTP/1.1 on a Unix socket, and over TLS where told so.",
    `Flags win over variables, variables over the file (${DEFAULT_CONFIG_FILE} or --config), the file over defaults.`,
    "",
    ...lines,
    "",
    "Exit codes: 0 ended as asked, 64 wrong usage, 70 internal error, 75 socket or state folder held, 78 wrong configuration.",
    "",
  ].join("\n");
}

const usage = (flag: string, short: string | undefined, placeholder: string | undefined): string =>
  `${short === undefined ? "" : `-${short}, `}--${flag}${placeholder === undefined ? "" : ` ${placeholder}`}`;

/** The text of `--print-config`: one `name = value  # origin` a line. */
export function configText({ settings: values, origins }: Loaded, program: Program): string {
  const lines = settingsOf(program).map((name) => {
    const value = values[name] === undefined ? "(unset)" : JSON.stringify(values[name]);
    return `${name} = ${value}  # ${origins.get(name)}\n`;
  });
  return lines.join("");
}
