import { basename } from "node:path";
import type { NetVerifyHandlers } from "../../../generated/handlers.gen.js";
import type { DriftItem, DriftKind, VerifyReport } from "../../../generated/types.gen.js";
import type { Files } from "../../kernel/files.js";
import type { Managed } from "../managed.js";
import type { Restore } from "../restore.js";
import type { NativeState } from "../state.js";
import { askKernel } from "./live.js";

export interface VerifyDeps {
  readonly files: Files;
  readonly state: Pick<NativeState, "registryFiles" | "troubles">;
  readonly restore: Pick<Restore, "waiting">;
  readonly managed: readonly Managed[];
}

/** The `net.verify` topic: what is managed, compared with the live kernel and never repaired. */
export const verify = (deps: VerifyDeps): NetVerifyHandlers => ({
  "net.verify": ({ kind, only_drift = false }, { signal }) =>
    askKernel(deps, async () => {
      const all = await compareAll(deps, kind, signal);
      const items = only_drift ? all.filter(({ state }) => state !== "ok") : all;
      return report(items);
    }),
});

const report = (items: DriftItem[]): VerifyReport => ({
  ok: items.every(({ state }) => state === "ok"),
  checked_at: new Date().toISOString(),
  items,
});

const KINDS: readonly DriftKind[] = [
  "bridge",
  "bridge_port",
  "connection",
  "tap",
  "route",
  "firewall_table",
  "firewall_rule",
  "dnat",
  "snat",
  "mount",
  "registry",
];

/** Every managed object of a kind, or of all, by kind and id. */
export async function compareAll(
  deps: VerifyDeps,
  kind: DriftKind | undefined,
  signal: AbortSignal,
): Promise<DriftItem[]> {
  const parts = deps.managed.filter((part) => kind === undefined || part.kind === kind || isNft(part.kind, kind));
  const found: DriftItem[] = [];
  for (const part of parts) found.push(...(await part.verify(signal)));
  const items = [...withDelays(found, deps.restore), ...registries(deps.state)];
  return items.filter((item) => kind === undefined || item.kind === kind).sort(byKindAndId);
}

const NFT_KINDS: ReadonlySet<DriftKind> = new Set(["firewall_table", "firewall_rule", "dnat", "snat"]);

/** The objects of our nft table are compared together: the part of one kind may tell of another. */
const isNft = (part: DriftKind, wanted: DriftKind): boolean => NFT_KINDS.has(part) && NFT_KINDS.has(wanted);

function byKindAndId(a: DriftItem, b: DriftItem): number {
  if (a.kind !== b.kind) return KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind);
  return a.id === b.id ? 0 : a.id < b.id ? -1 : 1;
}

const MAX_TEXT = 4096;

/** What waits since start is no drift: it says for what it waits, and since when. */
function withDelays(found: readonly DriftItem[], { waiting }: VerifyDeps["restore"]): DriftItem[] {
  const delays = new Map(waiting.map((one) => [`${one.kind} ${one.id}`, one]));
  const items = found.map((item): DriftItem => {
    const isWaiting = item.state === "missing" || item.state === "delayed";
    const delay = isWaiting ? delays.get(`${item.kind} ${item.id}`) : undefined;
    return delay ? { ...item, state: "delayed", actual: delay.reason.slice(0, MAX_TEXT), since: delay.since } : item;
  });
  const told = new Set(found.map(({ kind, id }) => `${kind} ${id}`));
  const untold = [...delays].filter(([key]) => !told.has(key)).map(([, one]) => one);
  return [
    ...items,
    ...untold.map(
      ({ kind, id, reason, since }): DriftItem => ({
        kind,
        id: id.slice(0, MAX_TEXT),
        state: "delayed",
        actual: reason.slice(0, MAX_TEXT),
        since,
        repairable: true,
      }),
    ),
  ];
}

/** A state file that cannot be used takes all that it held out of our sight. */
function registries(state: VerifyDeps["state"]): DriftItem[] {
  const troubles = new Map(state.troubles().map((trouble) => [trouble.file, trouble]));
  return state.registryFiles().map((file): DriftItem => {
    const trouble = troubles.get(file);
    const item = { kind: "registry", id: basename(file) } as const;
    if (!trouble) return { ...item, state: "ok", repairable: false };
    return {
      ...item,
      state: "differs",
      expected: "a state file that this build reads",
      actual: trouble.reason.slice(0, MAX_TEXT),
      since: trouble.since,
      repairable: false,
    };
  });
}
