import type { IncomingMessage } from "node:http";
import { isIPv6 } from "node:net";
import { refuse } from "../refusal.js";

/** Whether a host is one of the names; `*.` stands for any one label. */
function isNamed(host: string, names: readonly string[]): boolean {
  const plain = plainHost(host);
  return names.some(
    (name) => plainHost(name) === plain || (name.startsWith("*.") && plain.replace(/^[^.]+/, "*") === name),
  );
}

/** A host in the one spelling that hosts are compared in. */
const plainHost = (host: string): string =>
  isIPv6(host) ? new URL(`http://[${host}]`).hostname.slice(1, -1) : host.toLowerCase().replace(/\.$/, "");

/** The host of `host:port`, `[address]:port` or either without a port; undefined where it is neither. */
function hostOf(authority: string): string | undefined {
  const [, bracketed, plain] = /^(?:\[([\da-f:.]+)\]|([^\s:[\]/?#@]+))(?::\d{1,5})?$/i.exec(authority) ?? [];
  return bracketed === undefined || isIPv6(bracketed) ? (bracketed ?? plain) : undefined;
}

/**
 * What browsers make necessary: a page of another site, or of a name that somebody else can point at this address,
 * must not be able to make calls. Throws `Refusal` 421 for another host, 403 for another origin.
 */
export function refuseStrangers({ headers, url = "" }: IncomingMessage, names: readonly string[]): void {
  const [, authority] = /^https?:\/\/([^/?#]*)/i.exec(url) ?? [];
  for (const named of [headers.host ?? "", ...(authority === undefined ? [] : [authority])]) {
    const host = hostOf(named);
    if (host === undefined || !isNamed(host, names))
      throw refuse(421, "this host is not one that the daemon answers for: see --tls-names", { Connection: "close" });
  }
  if (authority !== undefined && authority.toLowerCase() !== headers.host?.toLowerCase())
    throw refuse(400, "the request target and Host name different hosts", { Connection: "close" });
  const { origin } = headers;
  if (origin !== undefined && origin.toLowerCase() !== `https://${headers.host?.toLowerCase()}`)
    throw refuse(403, "pages of another origin may not call this daemon");
}
