import { isColoured, type Style, styleFor } from "./style.js";

/** Where the program speaks and listens. */
export interface Io {
  readonly style: Style;
  /** For standard error, which may be a terminal where standard output is none. */
  readonly errStyle: Style;
  readonly width: number;
  /** Whether somebody can be asked. */
  readonly isInteractive: boolean;
  readonly input: NodeJS.ReadStream;
  readonly terminal: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  out(text: string): void;
  err(text: string): void;
}

const NO_EDGE = 100_000;

export function processIo(color: string | undefined): Io {
  const { stdin, stdout, stderr, env } = process;
  const columns = Number(env.COLUMNS) || stdout.columns || 80;
  return {
    style: styleFor(isColoured(color, stdout, env)),
    errStyle: styleFor(isColoured(color, stderr, env)),
    // What is piped is cut by nobody.
    width: stdout.isTTY || env.COLUMNS ? columns : NO_EDGE,
    isInteractive: stdin.isTTY === true && stderr.isTTY === true,
    input: stdin,
    terminal: stderr,
    env,
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
  };
}
