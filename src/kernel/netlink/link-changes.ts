import {
  attribute,
  attributeNested,
  attributesOf,
  attributeText,
  attributeU8,
  attributeU16,
  attributeU32,
  changeRequest,
  chunkOf,
  LITTLE,
  type WholeAttribute,
} from "./message.js";

const RTM_NEWLINK = 16;
const RTM_DELLINK = 17;
const RTM_SETLINK = 19;
const NLM_F_EXCL = 0x200;
const NLM_F_CREATE = 0x400;
const IFINFOMSG_BYTES = 16;
const IFF_UP = 1;

const IFLA = { ADDRESS: 1, IFNAME: 3, MTU: 4, MASTER: 10, LINKINFO: 18, IFALIAS: 20 } as const;
const INFO_KIND = 1;
const INFO_DATA = 2;
const INFO_SLAVE_KIND = 4;
const INFO_SLAVE_DATA = 5;
const VETH_INFO_PEER = 1;
const BR = { FORWARD_DELAY: 1, AGEING_TIME: 4, STP_STATE: 5, PRIORITY: 6, VLAN_FILTERING: 7 } as const;

/** The kernel's clock for bridge times. */
const USER_HZ = 100;

/** What can be set on any link. */
export interface LinkSettings {
  readonly mtu?: number;
  /** Six colon-separated bytes. */
  readonly address?: string;
  /** Empty takes the alias away. */
  readonly alias?: string;
  /** The master's index; 0 is none. */
  readonly master?: number;
  readonly up?: boolean;
}

/** A bridge's own options; times in seconds. */
export interface BridgeOptions {
  readonly stp?: boolean;
  readonly vlan_filtering?: boolean;
  readonly forward_delay_seconds?: number;
  readonly priority?: number;
  readonly ageing_time?: number;
}

const macBytes = (address: string): Uint8Array =>
  Uint8Array.from(address.split(":"), (byte) => Number.parseInt(byte, 16));

function header(ifindex: number, up?: boolean): Buffer {
  const bytes = Buffer.alloc(IFINFOMSG_BYTES);
  const { view } = chunkOf(bytes);
  view.setInt32(4, ifindex, LITTLE);
  view.setUint32(8, up === true ? IFF_UP : 0, LITTLE);
  view.setUint32(12, up === undefined ? 0 : IFF_UP, LITTLE);
  return bytes;
}

const settingAttributes = ({ mtu, address, alias, master }: LinkSettings): Buffer[] => [
  ...(mtu === undefined ? [] : [attributeU32(IFLA.MTU, mtu)]),
  ...(address === undefined ? [] : [attribute(IFLA.ADDRESS, macBytes(address))]),
  ...(alias === undefined
    ? []
    : [alias === "" ? attribute(IFLA.IFALIAS, Buffer.alloc(0)) : attributeText(IFLA.IFALIAS, alias)]),
  ...(master === undefined ? [] : [attributeU32(IFLA.MASTER, master)]),
];

const bridgeAttributes = (options: BridgeOptions): Buffer[] => {
  const { stp, vlan_filtering, forward_delay_seconds, priority, ageing_time } = options;
  return [
    ...(forward_delay_seconds === undefined ? [] : [attributeU32(BR.FORWARD_DELAY, forward_delay_seconds * USER_HZ)]),
    ...(ageing_time === undefined ? [] : [attributeU32(BR.AGEING_TIME, ageing_time * USER_HZ)]),
    ...(priority === undefined ? [] : [attributeU16(BR.PRIORITY, priority)]),
    ...(stp === undefined ? [] : [attributeU32(BR.STP_STATE, stp ? 1 : 0)]),
    // Asked for only where it is wanted: a kernel without it refuses the attribute, whatever its value.
    ...(vlan_filtering === true ? [attributeU8(BR.VLAN_FILTERING, 1)] : []),
  ];
};

/** Makes a bridge that is down; the kernel refuses a name that is taken (`EEXIST`). */
export const newBridge = (name: string, settings: LinkSettings, options: BridgeOptions): Buffer =>
  changeRequest(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, [
    header(0),
    attributeText(IFLA.IFNAME, name),
    ...settingAttributes(settings),
    attributeNested(IFLA.LINKINFO, [
      attributeText(INFO_KIND, "bridge"),
      attributeNested(INFO_DATA, bridgeAttributes(options)),
    ]),
  ]);

/** One end of a pair. */
export interface VethEnd {
  readonly name: string;
  readonly address: string;
}

/** Makes a pair of veth links that are down; nothing is made where one of the names is taken. */
export const newVethPair = (a: VethEnd, b: VethEnd, mtu: number): Buffer =>
  changeRequest(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, [
    header(0),
    attributeText(IFLA.IFNAME, a.name),
    ...settingAttributes({ mtu, address: a.address }),
    attributeNested(IFLA.LINKINFO, [
      attributeText(INFO_KIND, "veth"),
      attributeNested(INFO_DATA, [
        attributeNested(VETH_INFO_PEER, [
          header(0),
          attributeText(IFLA.IFNAME, b.name),
          ...settingAttributes({ mtu, address: b.address }),
        ]),
      ]),
    ]),
  ]);

/** Changes a link that is there; what is left out stays as it is. */
export const changeLink = (ifindex: number, settings: LinkSettings): Buffer =>
  changeRequest(RTM_SETLINK, 0, [header(ifindex, settings.up), ...settingAttributes(settings)]);

/** Changes the options of a bridge that is there. */
export const changeBridge = (ifindex: number, options: BridgeOptions): Buffer =>
  changeRequest(RTM_NEWLINK, 0, [
    header(ifindex),
    attributeNested(IFLA.LINKINFO, [
      attributeText(INFO_KIND, "bridge"),
      attributeNested(INFO_DATA, bridgeAttributes(options)),
    ]),
  ]);

export const deleteLink = (ifindex: number): Buffer => changeRequest(RTM_DELLINK, 0, [header(ifindex)]);

/** A link's attributes of some types, from the message that the kernel sent of it. */
const kept = (message: Buffer, types: readonly number[]): Buffer[] =>
  attributesOf(message, IFINFOMSG_BYTES)
    .filter(({ type }) => types.includes(type))
    .map(({ whole }) => whole);

/** Options of a bridge that the kernel takes as it gives them: times, spanning tree, multicast, netfilter. */
const REPLAYED: ReadonlySet<number> = new Set([
  1, 2, 3, 4, 5, 6, 9, 22, 23, 24, 25, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 42, 43, 44,
]);
/** VLAN options, which a kernel without VLAN filtering tells and does not take. */
const VLAN_OPTIONS: ReadonlySet<number> = new Set([BR.VLAN_FILTERING, 8, 39, 41]);

/** The same of a port; its state follows from the link and the spanning tree. */
const REPLAYED_OF_PORT: ReadonlySet<number> = new Set([
  2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 25, 27, 28, 29, 30, 31, 32, 33, 39, 40,
]);

const innerOf = (message: Buffer): WholeAttribute[] => {
  const [info] = kept(message, [IFLA.LINKINFO]);
  return info ? attributesOf(info, 4) : [];
};

/** Makes a bridge again as the kernel sent it: name, address, MTU and options, the alias aside. It is down. */
export function replayBridge(message: Buffer): Buffer {
  const data = innerOf(message).find(({ type }) => type === INFO_DATA);
  const options = data ? attributesOf(data.whole, 4) : [];
  const filters = options.some(({ type, whole }) => type === BR.VLAN_FILTERING && whole[4] !== 0);
  const chosen = options.filter(({ type }) => REPLAYED.has(type) || (filters && VLAN_OPTIONS.has(type)));
  return changeRequest(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, [
    header(0),
    ...kept(message, [IFLA.IFNAME, IFLA.ADDRESS, IFLA.MTU]),
    attributeNested(IFLA.LINKINFO, [
      attributeText(INFO_KIND, "bridge"),
      attributeNested(
        INFO_DATA,
        chosen.map(({ whole }) => whole),
      ),
    ]),
  ]);
}

/** Gives a port, which has its master again, the options that it had; undefined where it had none. */
export function replayPort(message: Buffer): Buffer | undefined {
  const inner = innerOf(message);
  const kind = inner.find(({ type }) => type === INFO_SLAVE_KIND);
  const data = inner.find(({ type }) => type === INFO_SLAVE_DATA);
  if (!kind || !data) return undefined;
  const options = attributesOf(data.whole, 4).filter(({ type }) => REPLAYED_OF_PORT.has(type));
  return changeRequest(RTM_NEWLINK, 0, [
    header(chunkOf(message).view.getInt32(4, LITTLE)),
    attributeNested(IFLA.LINKINFO, [
      kind.whole,
      attributeNested(
        INFO_SLAVE_DATA,
        options.map(({ whole }) => whole),
      ),
    ]),
  ]);
}
