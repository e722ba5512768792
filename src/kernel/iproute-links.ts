import { IpObject, type IpValue } from "./iproute-json.js";
import {
  type Detail,
  type Details,
  type Exact,
  type KernelAddress,
  type KernelLink,
  type KernelLinkInfo,
  type KernelStats,
  OPERSTATES,
} from "./net-model.js";
import { LINK_ALIAS_PREFIX } from "./ownership.js";

const TEXTS = [
  "link",
  "qdisc",
  "master",
  "linkmode",
  "address",
  "broadcast",
  "permaddr",
  "inet6_addr_gen_mode",
  "phys_port_name",
  "phys_port_id",
  "phys_switch_id",
  "parentbus",
  "parentdev",
  "ifalias",
] as const;

const NUMBERS = [
  "link_index",
  "link_netnsid",
  "new_netnsid",
  "min_mtu",
  "max_mtu",
  "txqlen",
  "promiscuity",
  "allmulti",
  "num_tx_queues",
  "num_rx_queues",
  "gso_max_size",
  "gso_max_segs",
  "tso_max_size",
  "tso_max_segs",
  "gro_max_size",
  "gso_ipv4_max_size",
  "gro_ipv4_max_size",
] as const;

const ADDRESS_TEXTS = ["address", "broadcast", "anycast", "protocol", "ifa_flags", "label"] as const;
const ADDRESS_FLAGS = [
  "secondary",
  "temporary",
  "dynamic",
  "deprecated",
  "tentative",
  "optimistic",
  "dadfailed",
  "nodad",
  "home",
  "mngtmpaddr",
  "noprefixroute",
  "autojoin",
] as const;

const FOREVER = 0xffff_ffff;

/** Details as they are; where `ip` repeats a key, the first counts. */
export const detail = (value: IpValue): Detail => {
  if (Array.isArray(value)) return value.map(detail);
  return value instanceof IpObject ? details(value) : value;
};

export const details = (object: IpObject): Details =>
  Object.fromEntries([...object.entries].reverse().map(([name, value]) => [name, detail(value)]));

const linkInfo = (from: IpObject): KernelLinkInfo => {
  const data = from.object("info_data");
  const slaveData = from.object("info_slave_data");
  const kind = from.text("info_kind");
  const slaveKind = from.text("info_slave_kind");
  return {
    ...(kind !== undefined && { info_kind: kind }),
    ...(data && data.entries.length > 0 && { info_data: details(data) }),
    ...(slaveKind !== undefined && { info_slave_kind: slaveKind }),
    ...(slaveData && slaveData.entries.length > 0 && { info_slave_data: details(slaveData) }),
  };
};

const address = (from: IpObject): KernelAddress => {
  const entry: KernelAddress = {
    family: from.text("family") === "inet" ? "inet" : "inet6",
    local: from.text("local") ?? "",
    prefixlen: from.number("prefixlen") ?? 0,
    scope: from.text("scope") ?? "global",
    valid_life_time: from.number("valid_life_time") ?? FOREVER,
    preferred_life_time: from.number("preferred_life_time") ?? FOREVER,
  };
  for (const name of ADDRESS_TEXTS) {
    const value = from.text(name);
    if (value !== undefined) entry[name] = value;
  }
  for (const name of ADDRESS_FLAGS) if (from.flag(name)) entry[name] = true;
  if (from.flag("stable-privacy")) entry.stable_privacy = true;
  const metric = from.number("metric");
  if (metric !== undefined) entry.metric = metric;
  return entry;
};

const counter = (from: IpObject | undefined, name: string): Exact => {
  const value = from?.get(name);
  return typeof value === "number" || typeof value === "bigint" ? value : 0;
};

const stats = (from: IpObject | undefined): KernelStats => {
  const rx = from?.object("rx");
  const tx = from?.object("tx");
  const changes = tx?.number("carrier_changes");
  const seldom = (side: IpObject | undefined, name: "compressed" | "nohandler" | "otherhost") =>
    side?.get(name) === undefined ? {} : { [name]: counter(side, name) };
  return {
    rx: {
      bytes: counter(rx, "bytes"),
      packets: counter(rx, "packets"),
      errors: counter(rx, "errors"),
      dropped: counter(rx, "dropped"),
      over_errors: counter(rx, "over_errors"),
      multicast: counter(rx, "multicast"),
      ...seldom(rx, "compressed"),
      length_errors: counter(rx, "length_errors"),
      crc_errors: counter(rx, "crc_errors"),
      frame_errors: counter(rx, "frame_errors"),
      fifo_errors: counter(rx, "fifo_errors"),
      missed_errors: counter(rx, "missed_errors"),
      ...seldom(rx, "nohandler"),
      ...seldom(rx, "otherhost"),
    },
    tx: {
      bytes: counter(tx, "bytes"),
      packets: counter(tx, "packets"),
      errors: counter(tx, "errors"),
      dropped: counter(tx, "dropped"),
      carrier_errors: counter(tx, "carrier_errors"),
      collisions: counter(tx, "collisions"),
      ...seldom(tx, "compressed"),
      aborted_errors: counter(tx, "aborted_errors"),
      fifo_errors: counter(tx, "fifo_errors"),
      window_errors: counter(tx, "window_errors"),
      heartbeat_errors: counter(tx, "heartbeat_errors"),
      ...(changes !== undefined && { carrier_changes: changes }),
    },
  };
};

const seldom = (from: IpObject): Partial<KernelLink> => {
  const info = from.object("linkinfo");
  const xdp = from.object("xdp");
  const functions = from.objects("vfinfo_list");
  const altnames = from.texts("altnames");
  const reasons = from.texts("proto_down_reason");
  return {
    ...(from.flag("link_pointtopoint") && { link_pointtopoint: true }),
    ...(from.flag("proto_down") && { proto_down: true }),
    ...(reasons.length > 0 && { proto_down_reason: reasons }),
    ...(info && { linkinfo: linkInfo(info) }),
    ...(xdp && { xdp: details(xdp) }),
    ...(functions.length > 0 && { vfinfo_list: functions.map(details) }),
    ...(altnames.length > 0 && { altnames }),
  };
};

/** One object of `ip -j -d -s -s link`, with those of `ip -j addr` for the same index. */
export function linkFromIp(from: IpObject, addresses: readonly IpObject[]): KernelLink {
  const operstate = OPERSTATES.find((state) => state === from.text("operstate")) ?? "UNKNOWN";
  const link: KernelLink = {
    ifindex: from.number("ifindex") ?? 0,
    ifname: from.text("ifname") ?? "",
    flags: from.texts("flags"),
    mtu: from.number("mtu") ?? 0,
    operstate,
    group: from.text("group") ?? "default",
    link_type: from.text("link_type") ?? "none",
    ...seldom(from),
    addr_info: addresses.map(address),
    stats64: stats(from.object("stats64")),
    managed: from.text("ifalias")?.startsWith(LINK_ALIAS_PREFIX) ?? false,
  };
  for (const name of TEXTS) {
    const value = from.text(name);
    if (value !== undefined) link[name] = value;
  }
  for (const name of NUMBERS) {
    const value = from.number(name);
    if (value !== undefined) link[name] = value;
  }
  return link;
}
