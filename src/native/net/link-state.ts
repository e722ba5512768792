import type { Files } from "../../kernel/files.js";
import { libc } from "../../kernel/libc.js";
import type { KernelLink, NetReader } from "../../kernel/net-model.js";
import type { NetWriter } from "../../kernel/net-writer.js";
import { rpcError } from "../../rpc/errors.js";
import type { Registry } from "../../state/registry.js";
import type { Steps } from "../../state/steps.js";
import type { NativeState } from "../state.js";
import type { BridgesEntry, RouteEntry, TapEntry } from "./link-entries.js";
import { isBridgesEntry, isRouteEntry, isTapEntry, portKey } from "./link-entries.js";

/** What bridges, taps and routes share: the kernel, and the three registries of what is ours in it. */
export interface LinkDeps {
  readonly files: Files;
  readonly net: NetReader;
  readonly writer: NetWriter;
  readonly state: NativeState;
  readonly bridges: Registry<BridgesEntry>;
  readonly taps: Registry<TapEntry>;
  readonly routes: Registry<RouteEntry>;
}

/** Opens the registries of links and routes. */
export const openLinkState = (parts: Pick<LinkDeps, "files" | "net" | "writer" | "state">): LinkDeps => ({
  ...parts,
  bridges: parts.state.registry("bridges", isBridgesEntry),
  taps: parts.state.registry("taps", isTapEntry),
  routes: parts.state.registry("routes", isRouteEntry),
});

/**
 * Links and routes hang together (a bridge goes with its routes, a port with its addresses), and the kernel changes them
 * one by one anyway: so there is one queue for them all.
 */
const QUEUE = ["links"] as const;

/** Runs a write on links or routes, alone, as steps that are undone together. */
export async function changeLinks<T>({ state }: LinkDeps, work: (steps: Steps) => Promise<T>): Promise<T> {
  requireNetlink();
  return state.queue.run(QUEUE, () => state.steps(work));
}

/** Whether a deletion of it failed and could not be undone; in the middle of a write its mark says nothing. */
export const isHalfDeleted = ({ state }: LinkDeps, { phase }: { readonly phase?: string | undefined }): boolean =>
  phase === "deleting" && !state.queue.isBusy(QUEUE[0]);

/** What `net.verify` tells of that. */
export const HALF_DELETED = {
  field: "phase",
  expected: "deleting",
  actual: "it is there; the next start of the daemon deletes it",
  repairable: true,
};

/** Reads can run `ip` where the C library cannot be called; nothing is changed by that way. */
function requireNetlink(): void {
  try {
    libc();
  } catch (error) {
    const reason = `links and routes are changed over netlink, which cannot be used here: ${String(error)}`;
    throw rpcError("unsupported", { reason, mode: "native" }, reason);
  }
}

/** All links as they are now. */
export class Links {
  private readonly byName: ReadonlyMap<string, KernelLink>;

  constructor(readonly all: readonly KernelLink[]) {
    this.byName = new Map(all.map((link) => [link.ifname, link]));
  }

  static async look({ net }: Pick<LinkDeps, "net">, signal?: AbortSignal): Promise<Links> {
    return new Links(await net.links({}, signal));
  }

  get(name: string): KernelLink | undefined {
    return this.byName.get(name);
  }

  /** The links whose master it is, by index. */
  ports(bridge: string): KernelLink[] {
    return this.all.filter(({ master }) => master === bridge);
  }
}

export const isBridge = (link: KernelLink): boolean => link.linkinfo?.info_kind === "bridge";

export const isTap = ({ linkinfo }: KernelLink): boolean =>
  linkinfo?.info_kind === "tun" && linkinfo.info_data?.type === "tap";

export const isUp = ({ flags }: KernelLink): boolean => flags.includes("UP");

/** A number of a bridge's own details. */
export const bridgeNumber = (link: KernelLink, name: string): number => {
  const value = link.linkinfo?.info_data?.[name];
  return typeof value === "number" ? value : 0;
};

/** Tells which ports this daemon put into their bridges. */
export const isOurPort =
  ({ bridges, taps }: LinkDeps) =>
  (bridge: string, port: string): boolean =>
    bridges.get(portKey(bridge, port)) !== undefined || taps.get(port)?.bridge === bridge;

/** Kinds of links that the kernel deletes with the link that they lie on. */
const STACKED: ReadonlySet<string> = new Set("vlan macvlan macvtap ipvlan ipvtap macsec".split(" "));

/** The links that would go with a link. */
export const linksOn = (ifname: string, links: Links): KernelLink[] =>
  links.all.filter(({ link, linkinfo }) => link === ifname && STACKED.has(linkinfo?.info_kind ?? ""));
