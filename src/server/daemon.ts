import { statSync } from "node:fs";
import { wrongConfig } from "../config/exit.js";
import type { Program, Settings } from "../config/settings.js";
import { Admission } from "../rpc/admission.js";
import { resultCheck, type UnfitResults } from "../rpc/check-results.js";
import { rpcHandlers } from "../rpc/discover.js";
import type { Service } from "../rpc/handlers.js";
import type { Log } from "../rpc/log.js";
import { Metrics } from "../rpc/metrics.js";
import { readSpecification, type Specification } from "../rpc/specification.js";
import { accessListIn, accessTrouble, identifiers, reloadOnHangup } from "./access-list.js";
import { auditOf } from "./audit.js";
import { limitsOf } from "./limits.js";
import { Listeners } from "./listeners.js";
import { logTo } from "./log.js";
import type { Degradation } from "./pages.js";
import { runProgram } from "./program.js";
import { routes } from "./routes.js";
import { managerVariables, ServiceManager } from "./service-manager.js";
import { endOnDefect, endOnSignal } from "./shutdown.js";
import { holdStateFolder } from "./state-folder.js";
import { networkOf } from "./tls/listen.js";

/** What one daemon has and another has not. */
export interface DaemonKind {
  readonly program: Program;
  /** What `--check-results` does with a result that does not fit: it is withheld, or passed on and told of. */
  readonly unfitResults: UnfitResults;
  compose(given: Given): Promise<Composed>;
}

export interface Given {
  /** The folder beneath which the machine is read; undefined for this very machine. */
  readonly sysroot: string | undefined;
  readonly stateDir: string;
  readonly settings: Settings;
  /** The served specification's. */
  readonly version: string;
  readonly log: Log;
}

export interface Composed {
  /** Every method but the `rpc` topic, which all daemons share. */
  readonly service: Service;
  /** The node's name for signatures and people. */
  readonly node: string;
  /** What of the service does not work as it should. */
  degraded(): readonly Degradation[] | Promise<readonly Degradation[]>;
}

/** Runs a daemon from its command line: the process ends with one of `exitCodes`. */
export async function runDaemon(kind: DaemonKind, argv: readonly string[]): Promise<void> {
  await runProgram(kind.program, argv, (settings) => start(kind, settings));
}

async function start(kind: DaemonKind, settings: Settings): Promise<void> {
  const log = logOf(settings);
  const environment = managerVariables(process.env);
  const manager = new ServiceManager(environment, log);
  const limits = limitsOf(settings);
  refuseMissingRoot(settings.sysroot);
  const inForce = settings.acl === undefined ? undefined : accessListIn(settings.acl);
  const network = networkOf(settings, log);
  process.on("SIGHUP", () => manager.reloading());
  reloadOnHangup(settings.acl, inForce, log);
  const degraded = holdStateFolder(settings.state_dir, log);
  const { audit, trouble } = auditOf(settings, log);
  const specification = readSpecification();
  const { service, node, degraded: lacking } = await kind.compose(givenBy(settings, specification, log));
  const metrics = new Metrics();
  const parts = {
    metrics,
    figures: { metrics, connections: () => listeners.connections, owed: () => listeners.owed },
    service: withRpc(service, specification),
    admission: new Admission(limits),
    audit,
    log,
    limits,
    specification,
    place: { socket: settings.socket, node },
    degraded: async () => [
      ...degraded,
      ...trouble(),
      ...accessTrouble(inForce),
      ...(network?.inForce.degraded() ?? []),
      ...(await lacking()),
    ],
    groupsOf: (key: string) => inForce?.list.groupsOf(key) ?? [],
    ...(settings.check_results ? { checkResult: await resultCheck({ log, metrics }, kind.unfitResults) } : {}),
  };
  const listeners: Listeners = new Listeners({
    metrics,
    routes: routes(parts),
    identify: identifiers(node, inForce),
    network,
    limits,
    log,
  });
  await listeners.open(settings.socket, environment, log);
  endOnDefect(() => listeners.close(), log);
  endOnSignal(listeners, manager, log);
  const status = () =>
    `answers on ${settings.socket}${accessTrouble(inForce).length > 0 ? ", with an earlier access list" : ""}`;
  process.on("SIGHUP", () => manager.reloaded(status()));
  manager.ready(status());
  log.info("ready", { socket: settings.socket, listen: listeners.address, ms: Math.round(performance.now()) });
}

const givenBy = (settings: Settings, { info }: Specification, log: Log): Given => ({
  sysroot: settings.sysroot,
  stateDir: settings.state_dir,
  settings,
  version: info.version,
  log,
});

const withRpc = (service: Service, specification: Specification): Service => ({
  ...service,
  handlers: { ...service.handlers, ...rpcHandlers(specification) },
});

function logOf({ log_format, verbose }: Settings): Log {
  const format = log_format === "auto" ? (process.stderr.isTTY ? "human" : "json") : log_format;
  // Whoever read the log may be gone; that is no reason to end.
  process.stderr.on("error", () => {});
  return logTo({ format, verbose, write: (line) => process.stderr.write(line) });
}

function refuseMissingRoot(sysroot: string | undefined): void {
  if (sysroot === undefined || statSync(sysroot, { throwIfNoEntry: false })?.isDirectory()) return;
  throw wrongConfig(`sysroot ${sysroot} is no folder`);
}
