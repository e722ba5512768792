import { type Leases, readLeases } from "../../kernel/dhcp/lease-reader.js";
import { CommandFailed, ToolMissing } from "../../kernel/exec.js";
import type { Files } from "../../kernel/files.js";
import type { KernelLink, KernelRoute, NetReader } from "../../kernel/net-model.js";
import type { Nft } from "../../kernel/nft.js";
import type { NftTable } from "../../kernel/nft-model.js";
import type { FirewallConfig } from "./nft-state.js";

export interface ConfigDeps {
  readonly files: Files;
  readonly net: NetReader;
  readonly nft: Pick<Nft, "ruleset">;
  readonly firewall: FirewallConfig;
}

/** What the node has, beside which the wishes are held. */
export interface Actual {
  readonly leases: Leases;
  readonly links: readonly KernelLink[];
  /** Unicast default routes of the main table, the best one first. */
  readonly defaults: readonly KernelRoute[];
  /** Absent where nft is not installed, or may not be asked. */
  readonly tables?: readonly NftTable[];
}

/** Looks at what there is. */
export async function actualOf({ files, net, nft }: ConfigDeps, signal: AbortSignal): Promise<Actual> {
  const [leases, tables] = await Promise.all([readLeases(files, net, signal), nft.ruleset(signal).catch(noneUnseen)]);
  const { links, routes } = leases.situation;
  const defaults = routes
    .filter(({ dst, table, type }) => dst === "default" && table === "main" && type === "unicast")
    .sort((a, b) => (a.metric ?? 0) - (b.metric ?? 0));
  return { leases, links, defaults, ...(tables && { tables }) };
}

/** Nothing of nft's can be seen where it is not installed, or by a user who may not ask. */
const noneUnseen = (error: unknown): undefined => {
  if (!(error instanceof ToolMissing || error instanceof CommandFailed)) throw error;
};
