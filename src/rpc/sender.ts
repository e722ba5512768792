import { isIPv6 } from "node:net";
import type { Peer } from "../kernel/peer.js";

/** A client certificate whose private key the other end has shown to hold. */
export interface ClientCertificate {
  /** DER of its SubjectPublicKeyInfo. */
  readonly spki: Uint8Array;
  /** From when until when it is valid, in milliseconds since 1970. */
  readonly validFrom: number;
  readonly validTo: number;
  /** What the authority that client certificates must come from says against it. */
  readonly objection?: string;
}

/** Who is at the other end of a connection, by what the kernel and TLS say. */
export type Sender =
  | { readonly transport: "unix"; readonly peer: Peer | undefined }
  | { readonly transport: "tls"; readonly address: string; readonly certificate?: ClientCertificate };

/** Whom limits count: the user of a local process, the address of a remote one, with whatever keys it comes. */
export function countedAs(sender: Sender): string {
  if (sender.transport === "tls") return networkOf(sender.address);
  return sender.peer === undefined ? "local" : `uid:${sender.peer.uid}`;
}

/** An IPv4 address, or the /64 of an IPv6 one: whoever has one address of it has them all. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = "", tail] = address.replace(/%.*$/, "").split("::");
  const front = head === "" ? [] : head.split(":");
  const back = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - front.length - back.length);
  const groups = [...front, ...Array.from({ length: zeros }, () => "0"), ...back];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, "").toLowerCase())
    .join(":")}::/64`;
}

/** An IPv4 address that came by an IPv6 socket, as everybody writes it. */
export const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "");
