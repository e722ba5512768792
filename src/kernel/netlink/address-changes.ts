import { AF_INET6 } from "./addresses.js";
import {
  attributesOf,
  attributeU32,
  type Chunk,
  changeRequest,
  chunkOf,
  LITTLE,
  type WholeAttribute,
} from "./message.js";

const RTM_NEWADDR = 20;
const RTM_DELADDR = 21;
const NLM_F_EXCL = 0x200;
const NLM_F_CREATE = 0x400;
const IFADDRMSG_BYTES = 8;
const IFA = { ADDRESS: 1, LOCAL: 2, LABEL: 3, FLAGS: 8 } as const;
const F_NODAD = 0x02;
/** Flags that last (nodad, home, mngtmpaddr, noprefixroute, autojoin); the others are states. */
const LASTING_FLAGS = F_NODAD | 0x10 | 0x100 | 0x200 | 0x400;

/** An address of a link and its whole message after the header, as the kernel sent it. */
export interface HeldAddress {
  readonly ifindex: number;
  readonly message: Buffer;
}

/** Reads the message of an address; undefined where it is none. */
export function holdAddress(type: number, chunk: Chunk, start: number, end: number): HeldAddress | undefined {
  if (type !== RTM_NEWADDR || start + IFADDRMSG_BYTES > end) return undefined;
  const ifindex = chunk.view.getUint32(start + 4, LITTLE);
  return { ifindex, message: Buffer.from(chunk.bytes.subarray(start, end)) };
}

const headOf = (message: Buffer, ifindex: number): Buffer => {
  const head = Buffer.from(message.subarray(0, IFADDRMSG_BYTES));
  const { view } = chunkOf(head);
  view.setUint8(2, 0);
  view.setUint32(4, ifindex, LITTLE);
  return head;
};

const lastingFlags = ({ whole }: WholeAttribute, family: number | undefined): Buffer => {
  const flags = chunkOf(whole).view.getUint32(4, LITTLE) & LASTING_FLAGS;
  // This node had the address a moment ago: looking for duplicates would only leave it unusable for a second.
  return attributeU32(IFA.FLAGS, family === AF_INET6 ? flags | F_NODAD : flags);
};

/** Puts an address that the kernel sent on a link: its own again, or another one. */
export const replayAddress = ({ ifindex: own, message }: HeldAddress, ifindex: number): Buffer =>
  changeRequest(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, [
    headOf(message, ifindex),
    ...attributesOf(message, IFADDRMSG_BYTES)
      // A label begins with its link's name: another link gives its own.
      .filter(({ type }) => type !== IFA.LABEL || ifindex === own)
      .map((one) => (one.type === IFA.FLAGS ? lastingFlags(one, message[0]) : one.whole)),
  ]);

/** Takes an address off a link. */
export const deleteAddress = ({ message }: HeldAddress, ifindex: number): Buffer =>
  changeRequest(RTM_DELADDR, 0, [
    headOf(message, ifindex),
    ...attributesOf(message, IFADDRMSG_BYTES)
      .filter(({ type }) => type === IFA.LOCAL || type === IFA.ADDRESS)
      .map(({ whole }) => whole),
  ]);
