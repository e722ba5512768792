import { setTimeout as wait } from "node:timers/promises";
import type { Command } from "../../generated/commands.gen.js";
import { failureText } from "./failure.js";
import type { Io } from "./io.js";
import { UsageError } from "./usage.js";

export interface Watched {
  readonly command: Command;
  /** Seconds, as typed. */
  readonly every: string;
  readonly ask: () => Promise<unknown>;
  readonly show: (result: unknown) => Promise<string>;
  readonly io: Io;
}

const CLEAR = "\u001b[H\u001b[2J\u001b[3J";

/** Asks again and again until it is interrupted; a failure is shown and the next try made. */
export async function watch({ command, every, ask, show, io }: Watched): Promise<number> {
  const seconds = Number(every);
  if (command.right !== "read" && command.right !== "none")
    throw new UsageError(`--watch: ${command.path.join(" ")} is no read`);
  if (!(seconds >= 0.1) || seconds > 86_400)
    throw new UsageError(`--watch: seconds are wanted, 0.1 to 86400, not ${JSON.stringify(every)}`);
  for (;;) {
    const text = await ask().then(show, (error: unknown) => failureText(error, io.style));
    // On a terminal each look takes the place of the one before; elsewhere they follow each other.
    const head = io.style.dim(`${command.path.join(" ")}  every ${seconds} s  ${new Date().toISOString()}`);
    io.out(process.stdout.isTTY ? `${CLEAR}${head}\n\n${text}` : text);
    await wait(seconds * 1000);
  }
}
