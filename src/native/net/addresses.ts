import { canonicalAddress, parseAddress } from "../../kernel/ip-address.js";
import { cidrText, type IpPrefix, parseIpPrefix } from "../../kernel/ip-prefix.js";
import type { IpFamily } from "../../kernel/net-model.js";
import { type RpcError, rpcError } from "../../rpc/errors.js";

/** `invalid_argument` on a field. */
export const refused = (field: string, reason: string): RpcError =>
  rpcError("invalid_argument", { field, reason }, `${field}: ${reason}`);

/** An address or a prefix without host bits. Throws `invalid_argument`. */
export function addressRange(field: string, text: string): IpPrefix {
  const parsed = parseIpPrefix(text);
  if (!parsed) throw refused(field, `${text} is no IPv4 or IPv6 address or prefix`);
  if (parsed.hostBits) throw refused(field, `host bits are set; did you mean ${cidrText(parsed.prefix)}?`);
  return parsed.prefix;
}

/** One address of either family, in the kernel's spelling. */
export interface Address {
  readonly text: string;
  readonly family: IpFamily;
  readonly bytes: Uint8Array;
}

/** An address. Throws `invalid_argument`. */
export function singleAddress(field: string, text: string): Address {
  const bytes = parseAddress(text);
  const canonical = canonicalAddress(text);
  if (!bytes || canonical === undefined) throw refused(field, `${text} is no IPv4 or IPv6 address`);
  return { text: canonical, bytes, family: bytes.length === 4 ? "inet" : "inet6" };
}
