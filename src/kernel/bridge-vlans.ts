import { run } from "./exec.js";
import { IpObject, parseIpJson } from "./iproute-json.js";
import { libc } from "./libc.js";
import type { Exact } from "./net-model.js";
import { decodeVlans, vlanDump } from "./netlink/bridge-vlans.js";
import { NetlinkError } from "./netlink/message.js";
import { NetlinkPool } from "./netlink/pool.js";
import { NetlinkSocket } from "./netlink/socket.js";

/** One VLAN, or a range of them, of one port, under the names of `bridge -j vlan`. */
export interface BridgeVlanEntry {
  /** The port, or the bridge itself; 0 where the tool told a name only. */
  readonly ifindex: number;
  /** Only where the tool told it. */
  readonly ifname?: string;
  readonly vlan: number;
  readonly vlan_end?: number;
  readonly flags: string[];
  readonly tunid?: number;
  readonly tunid_end?: number;
  readonly state?: "disabled" | "listening" | "learning" | "forwarding" | "blocking";
  readonly rx_bytes?: Exact;
  readonly rx_packets?: Exact;
  readonly tx_bytes?: Exact;
  readonly tx_packets?: Exact;
}

/** The VLAN tables of all bridges and their ports; with `counted` VLAN by VLAN with its counters, else in ranges. */
export type VlanReader = (counted: boolean, signal?: AbortSignal) => Promise<BridgeVlanEntry[]>;

const NETLINK_ROUTE = 0;
const EOPNOTSUPP = 95;

/** The tables over rtnetlink, or by running `bridge` where the C library cannot be called on this platform. */
export function vlanReader(): VlanReader {
  try {
    libc();
  } catch {
    return vlansByTool;
  }
  const pool = new NetlinkPool((bufferBytes) => NetlinkSocket.open(NETLINK_ROUTE, bufferBytes));
  return async (counted, signal) => {
    const messages = await pool.dump(vlanDump(counted), decodeVlans, signal).catch(noneWithoutFiltering);
    return messages.flat();
  };
}

/** A kernel without VLAN filtering has no such tables. */
const noneWithoutFiltering = (error: unknown): [] => {
  if (error instanceof NetlinkError && error.errno === EOPNOTSUPP) return [];
  throw error;
};

/** By running `bridge`. Rejects with `ToolMissing` or `CommandFailed`. */
export async function vlansByTool(counted: boolean, signal?: AbortSignal): Promise<BridgeVlanEntry[]> {
  const how = counted ? "-statistics" : "-compressvlans";
  const { bytes } = await run("bridge", ["-j", how, "vlan", "show"], signal ? { signal } : {});
  const found = bytes.length === 0 ? [] : parseIpJson(bytes);
  const ports = Array.isArray(found) ? found.filter((item) => item instanceof IpObject) : [];
  return ports.flatMap((port) => port.objects("vlans").map((vlan) => entryOf(port.text("ifname") ?? "", vlan)));
}

const COUNTERS = ["rx_bytes", "rx_packets", "tx_bytes", "tx_packets"] as const;

function entryOf(ifname: string, from: IpObject): BridgeVlanEntry {
  const last = from.number("vlanEnd");
  const counters: { [C in (typeof COUNTERS)[number]]?: Exact } = {};
  for (const name of COUNTERS) {
    const value = from.get(name);
    if (typeof value === "number" || typeof value === "bigint") counters[name] = value;
  }
  return {
    ifindex: 0,
    ifname,
    // Where it tells counters it calls the same thing `vid`.
    vlan: from.number("vlan") ?? from.number("vid") ?? 0,
    ...(last !== undefined && { vlan_end: last }),
    flags: from.texts("flags"),
    ...counters,
  };
}
