import { setTimeout as wait } from "node:timers/promises";
import { exitCodes } from "../config/exit.js";
import type { Log } from "../rpc/log.js";
import type { Listeners } from "./listeners.js";
import type { ServiceManager } from "./service-manager.js";

/** How long calls in progress are waited for. */
const GRACE_MS = 3000;
/** A terminal and the programs between it and us pass one Ctrl-C on several times. */
const ECHO_MS = 500;
const SIGNALS = ["SIGTERM", "SIGINT"] as const;

/** Ends the process on SIGTERM and SIGINT: answers what is answered within 3 s; a later second signal ends it at once. */
export function endOnSignal(listeners: Listeners, manager: ServiceManager, log: Log): void {
  let began: number | undefined;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (began !== undefined) {
        if (performance.now() - began > ECHO_MS) process.exit(exitCodes.ok);
        return;
      }
      began = performance.now();
      manager.stopping(`answers what is owed: ${listeners.owed}`);
      void end(listeners, log, signal);
    });
  }
}

async function end(listeners: Listeners, log: Log, signal: string): Promise<void> {
  log.info("stopping", { signal, open_requests: listeners.owed });
  listeners.close();
  await Promise.race([listeners.drain(), wait(GRACE_MS)]);
  log.info("stopped", { unanswered: listeners.owed });
  process.exit(exitCodes.ok);
}

/** A defect ends the process, said in the log; whoever supervises it starts it anew in a known state. */
export function endOnDefect(stopListening: () => void, log: Log): void {
  const onDefect = (error: unknown) => {
    log.error("internal error, ending", { error: error instanceof Error ? error.stack : String(error) });
    stopListening();
    process.exit(exitCodes.internal);
  };
  process.on("uncaughtException", onDefect);
  process.on("unhandledRejection", onDefect);
}
