import { setTimeout as wait } from "node:timers/promises";
import { type Command, commands } from "../../generated/commands.gen.js";
import type { MyOs } from "../../sdk/connect.js";
import type { Io } from "./io.js";
import { durationText } from "./table.js";
import { UsageError } from "./usage.js";

const EVERY_MS = 500;
const BAR = 30;

/** Stays with what `…_start` began and shows how far `…_status` says it is, until it no longer runs. */
export async function showProgress(
  command: Command,
  params: Readonly<Record<string, unknown>>,
  os: MyOs<"exact">,
  io: Io,
): Promise<void> {
  const status = statusOf(command);
  const known = Object.fromEntries(
    Object.entries(params).filter(([name]) => status.flags.some((flag) => flag.name === name)),
  );
  for (;;) {
    const now = (await os.call(status.method, known as never)) as Progress;
    const isOver = now.status !== "running";
    const line = progressLine(now, io);
    if (io.terminal.isTTY) io.err(`\r\u001b[K${line}${isOver ? "\n" : ""}`);
    else if (isOver) io.err(`${line}\n`);
    if (isOver) return;
    await wait(EVERY_MS);
  }
}

interface Progress {
  readonly status: string;
  readonly percent?: number;
  readonly eta_seconds?: number;
}

function statusOf({ method, path }: Command): Command {
  const name = method.replace(/_start$/, "_status");
  const found = name === method ? undefined : commands.find((command) => command.method === name);
  if (found === undefined) throw new UsageError(`--wait: ${path.join(" ")} starts nothing that goes on`);
  return found;
}

/** `████░░░░  42 %  running  3m 5s left`. */
function progressLine({ status, percent, eta_seconds: eta }: Progress, { errStyle }: Io): string {
  const share = percent === undefined ? undefined : Math.max(0, Math.min(100, percent));
  const filled = Math.round(((share ?? 0) / 100) * BAR);
  const bar =
    share === undefined ? "" : `${"█".repeat(filled)}${"░".repeat(BAR - filled)} ${share.toFixed(0).padStart(3)} %  `;
  const left = eta === undefined || status !== "running" ? "" : `  ${durationText(eta)} left`;
  const colour =
    status === "running" ? errStyle.warn : status === "finished" || status === "idle" ? errStyle.good : errStyle.bad;
  return `${bar}${colour(status)}${left}`;
}
