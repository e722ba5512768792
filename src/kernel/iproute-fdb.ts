import type { IpObject } from "./iproute-json.js";
import type { KernelFdbEntry } from "./net-model.js";

const TEXTS = ["master", "dst", "protocol"] as const;
const NUMBERS = ["vlan", "port", "vni", "src_vni", "nhid", "used", "updated"] as const;

/** One object of `bridge -j -s fdb`. */
export function fdbFromBridge(from: IpObject): KernelFdbEntry {
  const entry: KernelFdbEntry = {
    mac: from.text("mac") ?? "",
    ifname: from.text("ifname") ?? "",
    flags: from.texts("flags"),
    // Nothing is printed for an address that was learned.
    state: from.text("state") || "learned",
  };
  for (const name of TEXTS) {
    const value = from.text(name);
    if (value !== undefined) entry[name] = value;
  }
  for (const name of NUMBERS) {
    const value = from.number(name);
    if (value !== undefined) entry[name] = value;
  }
  const via = from.text("viaIf");
  if (via !== undefined) entry.via_if = via;
  return entry;
}
