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
const BRPORT_STATE = 1;
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

/** Makes a bridge again as the kernel sent it: name, address, MTU, alias aside, and every option. It is down. */
export const replayBridge = (message: Buffer): Buffer =>
  changeRequest(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, [
    header(0),
    ...kept(message, [IFLA.IFNAME, IFLA.ADDRESS, IFLA.MTU, IFLA.LINKINFO]),
  ]);

/** Gives a port, which has its master again, the options that it had; undefined where it had none. */
export function replayPort(message: Buffer): Buffer | undefined {
  const [info] = kept(message, [IFLA.LINKINFO]);
  const inner = info ? attributesOf(info, 4) : [];
  const kind = inner.find(({ type }) => type === INFO_SLAVE_KIND);
  const data = inner.find(({ type }) => type === INFO_SLAVE_DATA);
  if (!kind || !data) return undefined;
  // The state follows from the link and the spanning tree, and is refused while the link has no carrier.
  const options = attributesOf(data.whole, 4).filter(({ type }) => type !== BRPORT_STATE);
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
