import type { Detail, Details } from "../net-model.js";
import { Attributes } from "./attributes.js";
import { linkLayerAddress, linkTypeName } from "./link-layer.js";
import { LITTLE } from "./message.js";

const IFLA_VFINFO_LIST = 22;
const IFLA_XDP = 43;

const XDP_ATTACHED = 2;
/** Programs by the way they are attached: the attribute and the mode's number. */
const XDP_PROGRAMS = [
  [5, 2],
  [4, 1],
  [6, 3],
] as const;
const XDP_MULTIPLE = 4;
const XDP_PROG_ID = 4;

/** The XDP programs on a link; undefined where there is none. */
export function decodeXdp(link: Attributes): Details | undefined {
  const xdp = link.nested(IFLA_XDP);
  const mode = xdp?.u8(XDP_ATTACHED);
  if (!xdp || !mode) return undefined;
  if (mode !== XDP_MULTIPLE) return { mode, prog: { id: xdp.u32(XDP_PROG_ID) ?? 0 } };
  const attached = XDP_PROGRAMS.flatMap(([type, kind]): Detail[] => {
    const id = xdp.u32(type);
    return id ? [{ mode: kind, prog: { id } }] : [];
  });
  return { mode, attached };
}

const VF = { MAC: 1, VLAN: 2, TX_RATE: 3, SPOOFCHK: 4, LINK_STATE: 5, RATE: 6, RSS_QUERY_EN: 7, TRUST: 9 } as const;
const LINK_STATES = ["auto", "enable", "disable"];
const NOT_SAID = 0xffff_ffff;

/** The number that follows the function's own in a `{ vf, setting }` pair. */
const setting = (vf: Attributes, type: number, place = 4): number | undefined => {
  const bytes = vf.bytes(type);
  return bytes.length < place + 4 ? undefined : new DataView(bytes.buffer, bytes.byteOffset).getUint32(place, LITTLE);
};

const yesNo = (name: string, value: number | undefined): Details =>
  value === undefined || value === NOT_SAID ? {} : { [name]: value !== 0 };

const virtualFunction = (vf: Attributes, linkType: number): Details => {
  const rate = vf.size(VF.RATE) >= 12 && { min_tx: setting(vf, VF.RATE, 4) ?? 0, max_tx: setting(vf, VF.RATE, 8) ?? 0 };
  const state = setting(vf, VF.LINK_STATE);
  const vlan = setting(vf, VF.VLAN, 4);
  const qos = setting(vf, VF.VLAN, 8);
  const txRate = setting(vf, VF.TX_RATE);
  return {
    vf: setting(vf, VF.MAC, 0) ?? 0,
    link_type: linkTypeName(linkType),
    address: linkLayerAddress(vf.bytes(VF.MAC).subarray(4, 4 + 6), linkType),
    ...(vlan && { vlan }),
    ...(qos && { qos }),
    ...(txRate && { tx_rate: txRate }),
    ...(rate && { rate }),
    ...yesNo("spoofchk", setting(vf, VF.SPOOFCHK)),
    ...(state !== undefined && { link_state: LINK_STATES[state] ?? String(state) }),
    ...yesNo("trust", setting(vf, VF.TRUST)),
    ...yesNo("query_rss_en", setting(vf, VF.RSS_QUERY_EN)),
  };
};

/** SR-IOV virtual functions of a physical one; undefined where the link has none. */
export function decodeVirtualFunctions(link: Attributes, linkType: number): Details[] | undefined {
  const list: Details[] = [];
  const vf = new Attributes();
  link.each(IFLA_VFINFO_LIST, (_, chunk, at, size) =>
    list.push(virtualFunction(vf.fill(chunk, at, at + size), linkType)),
  );
  return list.length === 0 ? undefined : list;
}
