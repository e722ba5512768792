import type { NetSysctlHandlers } from "../../../generated/handlers.gen.js";
import type {
  NetSysctlParams,
  SysctlBridgeNetfilter,
  SysctlInet,
  SysctlInet6,
  SysctlInterface,
  SysctlReport,
} from "../../../generated/types.gen.js";
import { type Files, NotRecorded } from "../../kernel/files.js";
import {
  type BridgeSwitches,
  bridgeSwitches,
  type Inet6Switches,
  type InetSwitches,
  type InterfaceSwitches,
  inet6Switches,
  inetSwitches,
  interfaceSwitches,
  netSwitch,
} from "../../kernel/sysctl.js";
import { rpcError } from "../../rpc/errors.js";

export interface SysctlDeps {
  readonly files: Files;
}

/** The `net.sysctl` topic: forwarding and proxy switches, from `/proc/sys/net` alone. */
export const sysctl = ({ files }: SysctlDeps): NetSysctlHandlers => ({
  "net.sysctl": (params) => report(files, params),
});

async function report(files: Files, params: NetSysctlParams): Promise<SysctlReport> {
  const [ipForward, bridge] = await Promise.all([netSwitch(files, "ipv4/ip_forward"), bridgeSwitches(files)]);
  const all = inet(await inetSwitches(files, "all"));
  const inherited = inet(await inetSwitches(files, "default"));
  if (ipForward === undefined || !all || !inherited) throw new NotRecorded("/proc/sys/net/ipv4");
  const all6 = inet6(await inet6Switches(files, "all"));
  const inherited6 = inet6(await inet6Switches(files, "default"));
  const interfaces = await interfaceSwitches(files, params.interface);
  if (params.interface !== undefined && interfaces.length === 0) throw noSuchInterface(params.interface);
  const bridgeNetfilter = ofBridge(bridge);
  return {
    ip_forward: ipForward,
    ipv4_all: all,
    ipv4_default: inherited,
    ...(all6 && { ipv6_all: all6 }),
    ...(inherited6 && { ipv6_default: inherited6 }),
    ...(bridgeNetfilter && { bridge_netfilter: bridgeNetfilter }),
    interfaces: interfaces.map(ofInterface),
  };
}

const noSuchInterface = (name: string) =>
  rpcError("not_found", { resource: "interface", name }, `there is no interface ${name}`);

/** The switches that every kernel has are there, or the interface went while it was read. */
const inet = (found: InetSwitches | undefined): SysctlInet | undefined =>
  found?.forwarding === undefined || found.proxy_arp === undefined
    ? undefined
    : { ...found, forwarding: found.forwarding, proxy_arp: found.proxy_arp };

const inet6 = (found: Inet6Switches | undefined): SysctlInet6 | undefined =>
  found?.disable_ipv6 === undefined || found.forwarding === undefined || found.proxy_ndp === undefined
    ? undefined
    : { ...found, disable_ipv6: found.disable_ipv6, forwarding: found.forwarding, proxy_ndp: found.proxy_ndp };

function ofInterface({ ifname, ...found }: InterfaceSwitches): SysctlInterface {
  const ipv4 = inet(found.ipv4);
  const ipv6 = inet6(found.ipv6);
  return { ifname, ...(ipv4 && { ipv4 }), ...(ipv6 && { ipv6 }) };
}

function ofBridge(found: BridgeSwitches | undefined): SysctlBridgeNetfilter | undefined {
  const [iptables, ip6tables] = [found?.["bridge-nf-call-iptables"], found?.["bridge-nf-call-ip6tables"]];
  const arptables = found?.["bridge-nf-call-arptables"];
  if (!found || iptables === undefined || ip6tables === undefined || arptables === undefined) return undefined;
  const tagged = found["bridge-nf-filter-vlan-tagged"];
  const inputDevice = found["bridge-nf-pass-vlan-input-dev"];
  return {
    bridge_nf_call_iptables: iptables,
    bridge_nf_call_ip6tables: ip6tables,
    bridge_nf_call_arptables: arptables,
    ...(tagged !== undefined && { bridge_nf_filter_vlan_tagged: tagged }),
    ...(inputDevice !== undefined && { bridge_nf_pass_vlan_input_dev: inputDevice }),
  };
}
