import type { KernelLink } from "../../kernel/net-model.js";
import { bridgeNumber, isBridge, Links } from "./link-state.js";

export const runsStp = (bridge: KernelLink): boolean => bridgeNumber(bridge, "stp_state") !== 0;

const VLAN = "vlan";

/** What a link reaches at layer 2: its bridge, the other end of its pair, the device that it shares, its VLAN of one. */
function neighbours(link: KernelLink): string[] {
  const kind = link.linkinfo?.info_kind ?? "";
  const id = link.linkinfo?.info_data?.id;
  const reached = link.master === undefined ? [] : [link.master];
  if (link.link === undefined) return reached;
  if (kind === VLAN) return [...reached, `${link.link}#${String(id)}`];
  return ["veth", "macvlan", "macvtap"].includes(kind) ? [...reached, link.link] : reached;
}

/** The links on a way at layer 2 from one bridge to another, both included; undefined where there is none. */
export function pathBetween({ a, b }: { readonly a: string; readonly b: string }, links: Links): string[] | undefined {
  const edges = new Map<string, Set<string>>();
  const join = (one: string, other: string) => {
    edges.set(one, (edges.get(one) ?? new Set()).add(other));
    edges.set(other, (edges.get(other) ?? new Set()).add(one));
  };
  for (const link of links.all) {
    for (const other of neighbours(link)) {
      join(link.ifname, other);
      // A VLAN of one of the two themselves is a way into it: its frames come back tagged.
      const [device = ""] = other.split("#");
      if (other !== device && (device === a || device === b)) join(other, device);
    }
  }
  const from = new Map<string, string>([[a, a]]);
  for (const place of from.keys()) {
    if (place === b) return wayBack(from, b).filter((name) => links.get(name) !== undefined);
    for (const next of edges.get(place) ?? []) if (!from.has(next)) from.set(next, place);
  }
  return undefined;
}

function wayBack(from: ReadonlyMap<string, string>, end: string): string[] {
  const path = [end];
  for (let at = end; from.get(at) !== at; ) {
    at = from.get(at) ?? at;
    path.unshift(at);
  }
  return path;
}

/**
 * The way by which an interface reaches a bridge at layer 2 although it is no port of it: as one it would close a loop.
 * Undefined where there is none, or where every bridge on it runs STP.
 */
export function wayAround({ ifname }: KernelLink, bridge: KernelLink, links: Links): string[] | undefined {
  // It leaves its master for the bridge; frames of its own VLANs are told from its others.
  const apart = links.all
    .filter(({ link, linkinfo }) => !(link === ifname && linkinfo?.info_kind === VLAN))
    .map(({ master, ...link }) => (link.ifname === ifname || master === undefined ? link : { ...link, master }));
  const path = pathBetween({ a: ifname, b: bridge.ifname }, new Links(apart));
  const isTamed = path?.every((name) => {
    const link = links.get(name);
    return link === undefined || !isBridge(link) || runsStp(link);
  });
  return isTamed ? undefined : path;
}
