import type { Io } from "../../src/ctl/io.js";
import { runCtl } from "../../src/ctl/run.js";
import { styleFor } from "../../src/ctl/style.js";

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly width?: number;
  readonly colour?: boolean;
}

/** Runs a command line in this process, as a person with no terminal would, and answers what it said. */
export async function ctl(
  argv: readonly string[],
  { env = {}, width = 100, colour = false }: RunOptions = {},
): Promise<Ran> {
  let out = "";
  let err = "";
  const io: Io = {
    style: styleFor(colour),
    errStyle: styleFor(colour),
    width,
    isInteractive: false,
    input: process.stdin,
    terminal: process.stderr,
    env: { HOME: "/nonexistent", ...env },
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  };
  const code = await runCtl(argv, () => io);
  return { code, out, err };
}
