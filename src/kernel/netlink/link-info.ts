import type { Details, KernelLinkInfo } from "../net-model.js";
import type { Attributes } from "./attributes.js";
import type { FieldContext } from "./fields.js";
import { bondData, bondSlaveData } from "./kind-bond.js";
import { bridgeData, bridgePortData } from "./kind-bridge.js";
import { ipvlanData, macvlanData, tunData, vlanData, vrfData, xfrmData } from "./kind-stacked.js";
import { gre6Data, greData, ip6TunnelData, ipTunnelData, vti6Data, vtiData } from "./kind-tunnel.js";
import { geneveData, vxlanData } from "./kind-vxlan.js";

const IFLA_LINKINFO = 18;
const INFO = { KIND: 1, DATA: 2, SLAVE_KIND: 4, SLAVE_DATA: 5 } as const;

type Decode = (from: Attributes, context: FieldContext) => Details;

/** Kinds with details that `ip` prints; every other kind is told by its name alone. */
const KINDS: ReadonlyMap<string, Decode> = new Map([
  ["bond", bondData],
  ["bridge", bridgeData],
  ["erspan", greData],
  ["geneve", geneveData],
  ["gre", greData],
  ["gretap", greData],
  ["ip6erspan", gre6Data],
  ["ip6gre", gre6Data],
  ["ip6gretap", gre6Data],
  ["ip6tnl", ip6TunnelData],
  ["ipip", ipTunnelData],
  ["ipvlan", ipvlanData],
  ["ipvtap", ipvlanData],
  ["macvlan", macvlanData],
  ["macvtap", macvlanData],
  ["sit", ipTunnelData],
  ["tun", tunData],
  ["vlan", vlanData],
  ["vrf", vrfData],
  ["vti", vtiData],
  ["vti6", vti6Data],
  ["vxlan", vxlanData],
  ["xfrm", xfrmData],
]);

const SLAVE_KINDS: ReadonlyMap<string, Decode> = new Map([
  ["bond", bondSlaveData],
  ["bridge", bridgePortData],
  ["vrf", vrfData],
]);

const details = (
  info: Attributes,
  type: number,
  decode: Decode | undefined,
  context: FieldContext,
): Details | undefined => {
  const data = decode && info.nested(type);
  return data && decode(data, context);
};

/** A link's kind alone, for filters. */
export const linkKind = (link: Attributes): string | undefined => link.nested(IFLA_LINKINFO)?.text(INFO.KIND);

/** A link's kind and details, and its details as a member of its master; undefined for a link that has neither. */
export function decodeLinkInfo(link: Attributes, context: FieldContext): KernelLinkInfo | undefined {
  const info = link.nested(IFLA_LINKINFO);
  if (!info) return undefined;
  const kind = info.text(INFO.KIND);
  const slaveKind = info.text(INFO.SLAVE_KIND);
  const data = details(info, INFO.DATA, KINDS.get(kind ?? ""), context);
  const slaveData = details(info, INFO.SLAVE_DATA, SLAVE_KINDS.get(slaveKind ?? ""), context);
  return {
    ...(kind !== undefined && { info_kind: kind }),
    ...(data && { info_data: data }),
    ...(slaveKind !== undefined && { info_slave_kind: slaveKind }),
    ...(slaveData && { info_slave_data: slaveData }),
  };
}
