import { parseAddress } from "../ip-address.js";
import { AF_INET, AF_INET6 } from "./addresses.js";
import { attribute, changeRequest, chunkOf, LITTLE } from "./message.js";

const RTM_NEWNEIGH = 28;
const NLM_F_REPLACE = 0x100;
const NDMSG_BYTES = 12;
const NDA = { DST: 1, LLADDR: 2 } as const;
const NUD_PROBE = 0x10;

/** Has the kernel ask a known neighbour at once whether it is still there; undefined where the addresses are none. */
export function probeNeighbor(ifindex: number, address: string, lladdr: string): Buffer | undefined {
  const bytes = parseAddress(address);
  if (!bytes || !/^[0-9a-f]{2}(:[0-9a-f]{2})*$/.test(lladdr)) return undefined;
  const head = Buffer.alloc(NDMSG_BYTES);
  const { view } = chunkOf(head);
  view.setUint8(0, bytes.length === 4 ? AF_INET : AF_INET6);
  view.setInt32(4, ifindex, LITTLE);
  view.setUint16(8, NUD_PROBE, LITTLE);
  return changeRequest(RTM_NEWNEIGH, NLM_F_REPLACE, [
    head,
    attribute(NDA.DST, bytes),
    attribute(NDA.LLADDR, Buffer.from(lladdr.replaceAll(":", ""), "hex")),
  ]);
}
