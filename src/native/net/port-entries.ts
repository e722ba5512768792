import type { NetBridgeAddPortParams } from "../../../generated/types.gen.js";
import type { Steps } from "../../state/steps.js";
import { type PortEntry, portKey, type TapEntry } from "./link-entries.js";
import type { LinkDeps } from "./link-state.js";

/** The port is there: only what is remembered of it can change. Answers whether that did. */
export async function rememberPort(deps: LinkDeps, params: NetBridgeAddPortParams, steps: Steps): Promise<boolean> {
  const { bridge, interface: port } = params;
  const tap = deps.taps.get(port);
  // A tap's own entry says what it is a port of.
  const isNew = tap ? await rememberTap(deps, tap, bridge, steps) : await rememberEntry(deps, params, steps);
  // Somebody may have moved it: it belongs here from now on.
  const isMoved = await forgetElsewhere(deps, bridge, port, steps);
  return isNew || isMoved;
}

async function rememberTap({ taps }: LinkDeps, entry: TapEntry, bridge: string, steps: Steps): Promise<boolean> {
  const { detached, ...attached } = entry;
  if (entry.bridge === bridge && !detached) return false;
  await steps.do(
    "the tap's entry follows",
    () => taps.put(entry.name, { ...attached, bridge }),
    () => taps.put(entry.name, entry),
  );
  return true;
}

async function rememberEntry(deps: LinkDeps, params: NetBridgeAddPortParams, steps: Steps): Promise<boolean> {
  const { bridge, interface: port, persist = true, migrate = false } = params;
  const key = portKey(bridge, port);
  const before = deps.bridges.get(key);
  if (before?.persist === persist || (before === undefined && !persist)) return false;
  const entry: PortEntry = { kind: "bridge_port", bridge, interface: port, migrate, persist };
  await steps.do(
    "remember the port",
    () => deps.bridges.put(key, { ...entry, ...(before?.kind === "bridge_port" && { migrate: before.migrate }) }),
    () => deps.bridges.restore(key, before),
  );
  return true;
}

/** A managed tap that changes its bridge belongs there from now on. */
export async function enterTap({ taps }: LinkDeps, entry: TapEntry, bridge: string, steps: Steps): Promise<void> {
  const { detached: _, ...attached } = entry;
  await steps.do(
    "the tap's entry follows",
    () => taps.put(entry.name, { ...attached, bridge, phase: "adding" }),
    () => taps.put(entry.name, entry),
  );
}

export async function settleTap({ taps }: LinkDeps, name: string): Promise<void> {
  const entry = taps.get(name);
  if (!entry) return;
  const { phase: _, ...settled } = entry;
  await taps.put(name, settled);
}

export async function forgetPort(deps: LinkDeps, bridge: string, port: string, steps: Steps): Promise<boolean> {
  const key = portKey(bridge, port);
  const entry = deps.bridges.get(key);
  if (!entry) return false;
  await steps.do(
    `forget ${key}`,
    () => deps.bridges.remove(key),
    () => deps.bridges.put(key, entry),
  );
  return true;
}

/** An interface is a port of one bridge: entries that have it in another one go. Answers whether there was one. */
export async function forgetElsewhere(deps: LinkDeps, bridge: string, port: string, steps: Steps): Promise<boolean> {
  const others = [...deps.bridges.entries.values()].flatMap((entry) =>
    entry.kind === "bridge_port" && entry.interface === port && entry.bridge !== bridge ? [entry.bridge] : [],
  );
  for (const other of others) await forgetPort(deps, other, port, steps);
  return others.length > 0;
}
