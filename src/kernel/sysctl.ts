import { readdirSync, readFileSync } from "node:fs";
import { type Files, isAbsent, isForbidden } from "./files.js";
import { breathe } from "./slices.js";
import { decodeText } from "./text.js";

const NET = "/proc/sys/net";

/** The per-interface switches of each family that decide about forwarding, proxying, sources and advertisements. */
const INET = [
  "forwarding",
  "mc_forwarding",
  "proxy_arp",
  "proxy_arp_pvlan",
  "rp_filter",
  "arp_ignore",
  "arp_announce",
  "arp_filter",
  "accept_local",
  "route_localnet",
  "accept_redirects",
  "send_redirects",
  "accept_source_route",
  "log_martians",
  "ignore_routes_with_linkdown",
] as const;
const INET6 = [
  "disable_ipv6",
  "forwarding",
  "mc_forwarding",
  "proxy_ndp",
  "accept_ra",
  "accept_ra_defrtr",
  "accept_ra_pinfo",
  "accept_ra_rt_info_max_plen",
  "autoconf",
  "use_tempaddr",
  "addr_gen_mode",
  "accept_dad",
  "dad_transmits",
  "accept_redirects",
  "accept_source_route",
  "ignore_routes_with_linkdown",
  "force_forwarding",
] as const;
const BRIDGE = [
  "bridge-nf-call-iptables",
  "bridge-nf-call-ip6tables",
  "bridge-nf-call-arptables",
  "bridge-nf-filter-vlan-tagged",
  "bridge-nf-pass-vlan-input-dev",
] as const;

/** Switches by name; one that this kernel does not have is absent. */
type Switches<Name extends string> = { [N in Name]?: number };
export type InetSwitches = Switches<(typeof INET)[number]>;
export type Inet6Switches = Switches<(typeof INET6)[number]>;
export type BridgeSwitches = Switches<(typeof BRIDGE)[number]>;

/** The switches of one interface; a family that it does not have (an MTU too small for it) is absent. */
export interface InterfaceSwitches {
  readonly ifname: string;
  readonly ipv4?: InetSwitches;
  readonly ipv6?: Inet6Switches;
}

/** Names of interfaces need not be UTF-8: the live machine is read by bytes. */
type Name = string | Buffer;

const joined = (folder: string, name: Name, file: string): Name =>
  typeof name === "string"
    ? `${folder}/${name}/${file}`
    : Buffer.concat([Buffer.from(`${folder}/`), name, Buffer.from(`/${file}`)]);

const shown = (name: Name): string => (typeof name === "string" ? name : decodeText(name));

/** What a switch that is gone, or that only root may read, says: nothing. */
const noValue = (error: unknown): undefined => {
  if (!isAbsent(error) && !isForbidden(error)) throw error;
};

/** `/proc` answers at once: the live machine is read in place, a recorded one as any file is. */
async function text(files: Files, path: Name): Promise<string | undefined> {
  if (!files.live) return typeof path === "string" ? files.headIfThere(path, 256) : undefined;
  try {
    return readFileSync(path, "latin1");
  } catch (error) {
    return noValue(error);
  }
}

const integer = (value: string | undefined): number | undefined =>
  value !== undefined && /^-?[0-9]{1,10}\s*$/.test(value) ? Number(value) : undefined;

async function switches<N extends string>(
  files: Files,
  folder: string,
  name: Name,
  wanted: readonly N[],
): Promise<Switches<N> | undefined> {
  await breathe();
  const found: Switches<N> = {};
  for (const one of wanted) {
    const value = integer(await text(files, joined(folder, name, one)));
    if (value !== undefined) found[one] = value;
  }
  return Object.keys(found).length > 0 ? found : undefined;
}

/** One of `/proc/sys/net`'s switches, such as `ipv4/ip_forward`; undefined where this kernel does not have it. */
export async function netSwitch(files: Files, name: string): Promise<number | undefined> {
  return integer(await text(files, `${NET}/${name}`));
}

export const inetSwitches = (files: Files, name: Name): Promise<InetSwitches | undefined> =>
  switches(files, `${NET}/ipv4/conf`, name, INET);

export const inet6Switches = (files: Files, name: Name): Promise<Inet6Switches | undefined> =>
  switches(files, `${NET}/ipv6/conf`, name, INET6);

/** Whether bridged packets visit the IP firewall; undefined while br_netfilter is not loaded. */
export const bridgeSwitches = (files: Files): Promise<BridgeSwitches | undefined> =>
  switches(files, NET, "bridge", BRIDGE);

async function names(files: Files, folder: string): Promise<Name[]> {
  if (!files.live) return files.listIfThere(folder);
  try {
    return readdirSync(folder, { encoding: "buffer" });
  } catch (error) {
    return noValue(error) ?? [];
  }
}

/** Every interface of the reader's network namespace, by name: these folders follow the namespace, `/sys` does not. */
async function interfaceNames(files: Files): Promise<Map<string, Name>> {
  const found = new Map<string, Name>();
  for (const family of ["ipv4", "ipv6"]) {
    for (const name of await names(files, `${NET}/${family}/conf`)) found.set(shown(name), name);
  }
  for (const name of await devices(files)) found.set(shown(name), name);
  found.delete("all");
  found.delete("default");
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Interfaces with neither IPv4 nor IPv6 are in the kernel's table of devices alone. */
async function devices(files: Files): Promise<Name[]> {
  const table = await files.bytes(`${NET.replace("/sys", "")}/dev`).catch((error: unknown) => noValue(error));
  const rows = table?.toString("latin1").split("\n").slice(2) ?? [];
  return rows.flatMap((row) => {
    const name = /^\s*([^:\s]+):/.exec(row)?.[1];
    return name === undefined ? [] : [files.live ? Buffer.from(name, "latin1") : name];
  });
}

/** The switches of every interface by name, or of one; none where there is no such interface. */
export async function interfaceSwitches(files: Files, only?: string): Promise<InterfaceSwitches[]> {
  const found: InterfaceSwitches[] = [];
  for (const [ifname, name] of await interfaceNames(files)) {
    if (only !== undefined && only !== ifname) continue;
    const ipv4 = await inetSwitches(files, name);
    const ipv6 = await inet6Switches(files, name);
    found.push({ ifname, ...(ipv4 && { ipv4 }), ...(ipv6 && { ipv6 }) });
  }
  return found;
}
