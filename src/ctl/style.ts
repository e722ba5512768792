import { styleText } from "node:util";

/** Emphasis, or none where the output is no terminal. */
export interface Style {
  readonly isColoured: boolean;
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  warn(text: string): string;
  bad(text: string): string;
}

type Format = Parameters<typeof styleText>[0];

export function styleFor(isColoured: boolean): Style {
  const as = (format: Format) => (text: string) =>
    isColoured ? styleText(format, text, { validateStream: false }) : text;
  return { isColoured, bold: as("bold"), dim: as("dim"), good: as("green"), warn: as("yellow"), bad: as("red") };
}

/** Whether a stream is written to in colours, by the flag, by the user's environment, or by what the stream is. */
export function isColoured(
  choice: string | undefined,
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  if (choice === "always") return true;
  if (choice === "never") return false;
  if (env.NO_COLOR) return false;
  return env.FORCE_COLOR ? env.FORCE_COLOR !== "0" : stream.isTTY === true && env.TERM !== "dumb";
}
