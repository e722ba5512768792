import type { Command } from "../../generated/commands.gen.js";

/** The daemon speaks of parameters (`force: true`), whoever types a command of its flags (`--force`). */
export function inFlags(text: string, command: Command | undefined): string {
  return text.replace(/`?\b([a-z][a-z0-9_]*): (true|false)\b`?/g, (all, name, value) => {
    const flag = command?.flags.find((one) => one.name === name && one.type === "boolean")?.flag;
    if (flag === undefined) return all;
    return value === "true" ? flag : `--no-${flag.slice(2)}`;
  });
}
