import { rmSync } from "node:fs";
import { connect } from "node:net";
import { defaultSettings } from "../config/settings.js";
import { Admission } from "../rpc/admission.js";
import { Audit } from "../rpc/audit.js";
import { rpcHandlers } from "../rpc/discover.js";
import type { Service } from "../rpc/handlers.js";
import { anonymousCaller, judged } from "../rpc/identity.js";
import { Metrics } from "../rpc/metrics.js";
import { readSpecification } from "../rpc/specification.js";
import { HttpFront } from "./http.js";
import { limitsOf } from "./limits.js";
import { logTo } from "./log.js";
import { routes } from "./routes.js";
import { unixTransport } from "./transport.js";

export interface MockOptions {
  /** A Unix socket, or on Windows a named pipe (`\\.\pipe\name`). */
  readonly socket: string;
  readonly verbose: boolean;
  /** What answers, made from the specification's bytes. */
  compose(specification: Uint8Array): Service;
}

/** The mock has no settings: its limits are the daemons' defaults. */
const limits = limitsOf(defaultSettings({}, 0, "my-os-server-native"));

/** No name of a real node is all zeros. */
const NODE = "0".repeat(32);

/** Serves a mock until SIGINT or SIGTERM; every caller may do everything, whatever credentials it presents. */
export async function serveMock({ socket, verbose, compose }: MockOptions): Promise<void> {
  const log = logTo({ format: "human", verbose, write: (line) => process.stderr.write(line) });
  const specification = readSpecification();
  const service = compose(specification.bytes);
  const metrics = new Metrics();
  const front: HttpFront = new HttpFront({
    // Nobody is asked who calls: that works on Linux only, and it would not matter.
    transport: { ...unixTransport, senderOf: () => ({ transport: "unix", peer: undefined }) },
    routes: routes({
      service: { ...service, handlers: { ...service.handlers, ...rpcHandlers(specification) } },
      admission: new Admission(limits),
      audit: new Audit({ obstacle: () => undefined, append: () => {} }),
      metrics,
      figures: { metrics, connections: () => ({}), owed: () => front.open },
      log,
      limits,
      specification,
      place: { socket, node: NODE },
      degraded: () => [],
      groupsOf: () => [],
    }),
    identify: ({ sender }) => judged(anonymousCaller(sender, "admin")),
    limits,
    log,
    metrics,
  });
  await listening(front, socket);
  const end = () => {
    front.server.close();
    process.exit(0);
  };
  process.once("SIGINT", end).once("SIGTERM", end);
  process.stdout.write(`${socket}\n`);
}

async function listening({ server }: HttpFront, socket: string): Promise<void> {
  const listen = () =>
    new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(socket, () => {
        server.off("error", reject);
        resolve();
      });
    });
  await listen().catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== "EADDRINUSE" || (await isAnswered(socket))) throw error;
    // A dead socket file of a mock that was killed.
    rmSync(socket);
    await listen();
  });
}

const isAnswered = (socket: string): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = connect(socket).on("error", () => resolve(false));
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
  });
