import type { Server } from "node:net";
import { wrongConfig } from "../config/exit.js";
import type { Environment } from "../config/settings.js";
import { isUnixListener } from "../kernel/peer.js";
import type { Log } from "../rpc/log.js";
import { listenOn } from "./socket.js";

/** Where systemd puts the first socket it hands over (sd_listen_fds(3)). */
const FIRST_FD = 3;

/** Listens on the socket that systemd handed over, else on `path`; answers how to stop. */
export async function listen(server: Server, path: string, env: Environment, log: Log): Promise<() => void> {
  const count = handedOver(env);
  if (count === 0) return listenOn(server, path);
  if (count > 1) log.warn("only the first of the sockets that were handed over is used", { sockets: count });
  refuseOtherSockets();
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(wrongConfig(`the socket handed over as LISTEN_FDS: ${error.message}`)));
    server.listen({ fd: FIRST_FD }, resolve);
  });
  // The socket's file is the service manager's: it was there before us and stays.
  return () => void server.close();
}

/** Whoever comes over a Unix socket is local; a network socket in its place would make the whole network so. */
function refuseOtherSockets(): void {
  let isGood: boolean;
  try {
    isGood = isUnixListener(FIRST_FD);
  } catch (error) {
    throw wrongConfig(`the socket handed over as LISTEN_FDS cannot be judged: ${String(error)}`);
  }
  if (!isGood)
    throw wrongConfig(
      "what was handed over as LISTEN_FDS is no listening Unix stream socket; the network is served by --listen",
    );
}

function handedOver(env: Environment): number {
  if (env.LISTEN_PID !== String(process.pid)) return 0;
  const count = Number(env.LISTEN_FDS);
  return Number.isInteger(count) && count > 0 ? count : 0;
}
