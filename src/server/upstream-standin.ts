import { exitCodes } from "../config/exit.js";
import { ambient } from "../config/load.js";
import type { Program, Settings } from "../config/settings.js";
import { Admission } from "../rpc/admission.js";
import type { AnswerParts } from "../rpc/answer.js";
import { Audit } from "../rpc/audit.js";
import type { Service } from "../rpc/handlers.js";
import { anonymousCaller, judged } from "../rpc/identity.js";
import type { Log } from "../rpc/log.js";
import { Metrics } from "../rpc/metrics.js";
import { readSpecification } from "../rpc/specification.js";
import { HttpFront } from "./http.js";
import { limitsOf } from "./limits.js";
import { logTo } from "./log.js";
import { runProgram } from "./program.js";
import { renamed } from "./renamed.js";
import { answerCalls } from "./routes.js";
import { listenOn } from "./socket.js";
import { holdStateFolder } from "./state-folder.js";
import { unixTransport } from "./transport.js";

/** The names under which the two upstream daemons of a MOS node have our methods. */
const upstreams = [
  { namespace: "mosnet", domain: "net", socket: "net_socket" },
  { namespace: "storage", domain: "vol", socket: "vol_socket" },
] as const;

export interface StandIn {
  readonly program: Program;
  compose(settings: Settings, version: string, log: Log): Promise<Service>;
}

/**
 * Answers as the two upstream daemons of a MOS node do, on their sockets and under their names, and like them with no
 * access control at all: for development and tests.
 */
export async function runStandIn({ program, compose }: StandIn, argv: readonly string[]): Promise<void> {
  await runProgram(program, argv, (settings) => start(settings, compose));
}

async function start(settings: Settings, compose: StandIn["compose"]): Promise<void> {
  const log = logTo({ format: "human", verbose: settings.verbose, write: (line) => process.stderr.write(line) });
  const limits = limitsOf(settings);
  holdStateFolder(settings.state_dir, log);
  const parts = {
    service: await compose(settings, readSpecification().info.version, log),
    // One daemon asks for everybody, so its calls have all the room there is.
    admission: new Admission({ ...limits, callsPerPeer: limits.calls }),
    audit: new Audit({ obstacle: () => undefined, append: () => {} }),
    log,
    limits,
    metrics: new Metrics(),
  };
  const stops = await Promise.all(upstreams.map((upstream) => serve(parts, settings[upstream.socket], upstream)));
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      for (const stop of stops) stop();
      process.exit(exitCodes.ok);
    });
  }
  log.info("ready", { net_socket: settings.net_socket, vol_socket: settings.vol_socket, uid: ambient().uid });
}

type Parts = AnswerParts & { readonly limits: ReturnType<typeof limitsOf> };

async function serve(parts: Parts, socket: string, { namespace, domain }: (typeof upstreams)[number]) {
  const route = {
    methods: ["POST"],
    answer: (request: Parameters<typeof answerCalls>[1]) => answerCalls(parts, request, renamed(namespace, domain)),
  };
  const front = new HttpFront({
    transport: unixTransport,
    routes: new Map([
      ["/rpc", route],
      ["/", route],
    ]),
    identify: ({ sender }) => judged(anonymousCaller(sender, "admin")),
    limits: parts.limits,
    log: parts.log,
    metrics: parts.metrics,
  });
  return listenOn(front.server, socket);
}
