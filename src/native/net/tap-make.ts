import type { Holder, VmTap } from "../../../generated/types.gen.js";
import { accountNames } from "../../kernel/accounts.js";
import type { Files } from "../../kernel/files.js";
import type { KernelLink } from "../../kernel/net-model.js";
import { LINK_ALIAS_PREFIX } from "../../kernel/ownership.js";
import { createTap, type TapHolder } from "../../kernel/tun.js";
import { type Difference, linkNamed } from "./bridge-make.js";
import type { TapEntry } from "./link-entries.js";
import { isBridge, isTap, type LinkDeps, type Links } from "./link-state.js";

export const TAP_ALIAS = `${LINK_ALIAS_PREFIX}tap`;

const MAX_HOLDERS = 256;

/** What is wanted of a tap; what is left out is not compared. */
export type WantedTap = Partial<
  Pick<TapEntry, "bridge" | "mtu" | "address" | "owner_uid" | "owner_gid" | "multi_queue">
>;

/** Numbers of accounts: `ip` shows a tap's owner by name where it has one, and so do we. */
export class Accounts {
  private constructor(
    private readonly users: ReadonlyMap<string, number>,
    private readonly groups: ReadonlyMap<string, number>,
  ) {}

  static async read(files: Files): Promise<Accounts> {
    const [users, groups] = await Promise.all([accountNames(files, "passwd"), accountNames(files, "group")]);
    const byName = (names: ReadonlyMap<number, string>) => new Map([...names].map(([id, name]) => [name, id]));
    return new Accounts(byName(users), byName(groups));
  }

  user = (shown: unknown): number | undefined => numberOf(shown, this.users);
  group = (shown: unknown): number | undefined => numberOf(shown, this.groups);
}

const numberOf = (shown: unknown, names: ReadonlyMap<string, number>): number | undefined => {
  if (typeof shown === "number") return shown;
  return typeof shown === "string" ? names.get(shown) : undefined;
};

/** A tap's values as the kernel has them, under the names of the parameters. */
export function tapValues(link: KernelLink, accounts: Accounts) {
  const details = link.linkinfo?.info_data ?? {};
  return {
    bridge: link.master ?? "none",
    mtu: link.mtu,
    address: link.address ?? "",
    owner_uid: accounts.user(details.user) ?? "anybody",
    owner_gid: accounts.group(details.group) ?? "none",
    multi_queue: details.multi_queue === true,
  };
}

/** Where a tap has other values than are wanted. */
export function tapDifferences(wanted: WantedTap, there: ReturnType<typeof tapValues>): Difference[] {
  return (Object.keys(there) as (keyof WantedTap)[])
    .map((field) => ({ field, expected: String(wanted[field] ?? there[field]), actual: String(there[field]) }))
    .filter(({ expected, actual }) => expected.toLowerCase() !== actual.toLowerCase());
}

/** Makes an entry's tap, whole or not at all. */
export const makeTap = (deps: LinkDeps, entry: TapEntry, bridge: KernelLink): Promise<void> => {
  const { name, owner_uid, owner_gid, multi_queue, address, mtu } = entry;
  const wanted = {
    name,
    owner: owner_uid,
    multiQueue: multi_queue,
    ...(owner_gid !== undefined && { group: owner_gid }),
  };
  return createTap(wanted, async () => {
    const { ifindex } = await linkNamed(deps, name);
    const master = entry.detached ? {} : { master: bridge.ifindex };
    await deps.writer.changeLink(ifindex, { alias: TAP_ALIAS, address, mtu });
    await deps.writer.changeLink(ifindex, { ...master, up: true });
  });
};

/** Makes an entry's tap if it is missing, and puts it into its bridge if it is in none; answers why that cannot be. */
export async function ensureTap(deps: LinkDeps, entry: TapEntry, links: Links): Promise<string | undefined> {
  const bridge = links.get(entry.bridge);
  const there = links.get(entry.name);
  if (there && there.ifalias !== TAP_ALIAS) return `an interface ${entry.name} is there that is not this daemon's tap`;
  if (!bridge || !isBridge(bridge)) return `there is no bridge ${entry.bridge}`;
  if (!there) await makeTap(deps, entry, bridge);
  const isUnfinished =
    there && there.master !== bridge.ifname && (there.master === undefined || entry.phase === "adding");
  if (isUnfinished && !entry.detached) {
    await deps.writer.changeLink(there.ifindex, { master: bridge.ifindex, up: true });
  }
  return undefined;
}

export const holdersOf = (found: readonly TapHolder[] = []): Holder[] =>
  found.slice(0, MAX_HOLDERS).map(({ pid, name }): Holder => ({ kind: "process", name, pid }));

/** A tap of the registry, joined with the kernel's. */
export function tapOf(entry: TapEntry, link: KernelLink | undefined, found: readonly TapHolder[] | undefined): VmTap {
  const holders = holdersOf(found);
  const { name, bridge, owner_uid, owner_gid, multi_queue, created_at } = entry;
  const there = link && isTap(link) ? link : undefined;
  const queues = there?.linkinfo?.info_data?.numqueues;
  const attached = there !== undefined && (holders.length > 0 || there.flags.includes("LOWER_UP"));
  return {
    name,
    bridge,
    mtu: there?.mtu ?? entry.mtu,
    address: there?.address ?? entry.address,
    owner_uid,
    ...(owner_gid !== undefined && { owner_gid }),
    multi_queue,
    attached,
    holders,
    present: there !== undefined,
    created_at,
    managed: true,
    ...(there && {
      ifindex: there.ifindex,
      ...(there.master !== undefined && { master: there.master }),
      // Only a tap of several queues counts them.
      queues: typeof queues === "number" ? queues : attached ? 1 : 0,
      operstate: there.operstate,
      flags: there.flags,
      stats64: there.stats64,
    }),
  };
}
