import type { Environment } from "../config/settings.js";
import { NotifySocket } from "../kernel/notify.js";
import type { Log } from "../rpc/log.js";

/** The variables of sd_notify(3) and sd_listen_fds(3). */
const OURS = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"] as const;

/** A message that matters is tried this often while the manager does not keep up. */
const TRIES = 50;
const RETRY_MS = 100;

/** What systemd, or another manager that speaks its protocol, is told; without one every message goes nowhere. */
export class ServiceManager {
  private readonly socket: NotifySocket | undefined;

  /** `env` is what `managerVariables` answered. */
  constructor(
    private readonly env: Environment,
    private readonly log: Log,
  ) {
    this.socket = env.NOTIFY_SOCKET ? opened(env.NOTIFY_SOCKET, log) : undefined;
  }

  /** The service answers. From now on the watchdog, if one is set, is fed by the event loop: a loop that stands still is noticed. */
  ready(status: string): void {
    this.tell({ READY: 1, STATUS: status });
    const period = this.watchdogMs();
    if (period === undefined || this.socket === undefined) return;
    // Twice as often as needed, as sd_watchdog_enabled(3) advises; one that gets lost is made good by the next.
    setInterval(() => this.tell({ WATCHDOG: 1 }, 1), period / 2).unref();
    this.tell({ WATCHDOG: 1 });
  }

  /** SIGHUP has come: `reloaded` follows. */
  reloading(): void {
    this.tell({ RELOADING: 1, MONOTONIC_USEC: String(process.hrtime.bigint() / 1000n) });
  }

  reloaded(status: string): void {
    this.tell({ READY: 1, STATUS: status });
  }

  stopping(status: string): void {
    this.tell({ STOPPING: 1, STATUS: status });
  }

  private tell(state: Readonly<Record<string, string | number>>, tries = TRIES): void {
    try {
      this.socket?.send(state);
    } catch (error) {
      const isBehind = error instanceof Error && "code" in error && error.code === "EAGAIN";
      if (isBehind && tries > 1) setTimeout(() => this.tell(state, tries - 1), RETRY_MS);
      else this.log.warn("the service manager was not told", { ...state, reason: String(error) });
    }
  }

  /** Milliseconds without a sign of life after which the manager acts; undefined where it watches another process, or none. */
  private watchdogMs(): number | undefined {
    const { WATCHDOG_USEC: period, WATCHDOG_PID: pid } = this.env;
    if (pid !== undefined && pid !== String(process.pid)) return undefined;
    const ms = Number(period) / 1000;
    return Number.isFinite(ms) && ms > 0 ? ms : undefined;
  }
}

function opened(address: string, log: Log): NotifySocket | undefined {
  try {
    return NotifySocket.open(address);
  } catch (error) {
    log.warn("the service manager cannot be told anything", { reason: String(error) });
    return undefined;
  }
}

/** The manager's variables, taken out of the environment: the tools that this process runs must not have them. */
export function managerVariables(env: NodeJS.ProcessEnv): Environment {
  const ours = Object.fromEntries(OURS.map((name) => [name, env[name]]));
  for (const name of OURS) delete env[name];
  return ours;
}
