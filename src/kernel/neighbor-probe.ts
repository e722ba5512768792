import { createSocket } from "node:dgram";
import { setTimeout as pause } from "node:timers/promises";
import type { KernelNeighbor, NetReader } from "./net-model.js";
import { NetlinkChanges } from "./netlink/changes.js";
import { probeNeighbor } from "./netlink/neighbor-changes.js";
import { NetlinkSocket } from "./netlink/socket.js";

/** A next hop on a link. */
export interface Hop {
  readonly dev: string;
  readonly ifindex: number;
  readonly address: string;
}

const NETLINK_ROUTE = 0;
const BUFFER_BYTES = 64 * 1024;
/** RFC 863: whoever hears it throws it away. */
const DISCARD_PORT = 9;

const WAIT_MS = 1000;
const LOOK_MS = 50;

/** There, or never to be asked (a link without neighbours, an entry that somebody set). */
const ANSWERING: ReadonlySet<string> = new Set(["REACHABLE", "PERMANENT", "NOARP"]);

export const isAnswering = (neighbor: KernelNeighbor | undefined): boolean =>
  neighbor?.state.some((state) => ANSWERING.has(state)) ?? false;

const entryOf = (table: readonly KernelNeighbor[], { dev, address }: Hop): KernelNeighbor | undefined =>
  table.find((neighbor) => neighbor.dst === address && neighbor.dev === dev);

/**
 * Asks next hops, by ARP or neighbour discovery, whether they are there, and waits at most a second for all of them.
 * Answers each one's entry in the kernel's table, undefined where it has none.
 */
export async function askNeighbors(
  net: NetReader,
  hops: readonly Hop[],
  signal?: AbortSignal,
): Promise<(KernelNeighbor | undefined)[]> {
  const look = async () => {
    const table = await net.neighbors({}, signal);
    return hops.map((hop) => entryOf(table, hop));
  };
  let found = await look();
  await Promise.all(hops.map((hop, at) => (isAnswering(found[at]) ? undefined : ask(hop, found[at]))));
  for (let waited = 0; waited < WAIT_MS && !found.every(isAnswering); waited += LOOK_MS) {
    await pause(LOOK_MS, undefined, signal ? { signal } : {});
    found = await look();
  }
  return found;
}

async function ask(hop: Hop, known: KernelNeighbor | undefined): Promise<void> {
  const request = known?.lladdr === undefined ? undefined : probeNeighbor(hop.ifindex, hop.address, known.lladdr);
  if (request && (await wasSent(request))) return;
  await sendTo(hop);
}

/** Only root may; and where the C library cannot be called nobody can. */
async function wasSent(request: Buffer): Promise<boolean> {
  const changes = new NetlinkChanges(() => NetlinkSocket.openForChanges(NETLINK_ROUTE, BUFFER_BYTES));
  try {
    await changes.send(request);
    return true;
  } catch {
    return false;
  } finally {
    changes.close();
  }
}

/** A datagram to a neighbour that is not known makes the kernel look for it. */
function sendTo({ dev, address }: Hop): Promise<void> {
  const isV6 = address.includes(":");
  const socket = createSocket(isV6 ? "udp6" : "udp4");
  return new Promise((resolve) => {
    // Whether it can be sent is told by the table of neighbours alone.
    const end = () => socket.close(() => resolve());
    socket.once("error", end);
    socket.send("", DISCARD_PORT, isV6 && address.startsWith("fe80:") ? `${address}%${dev}` : address, end);
  });
}
