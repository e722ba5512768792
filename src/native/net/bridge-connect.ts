import type { NetBridgeConnectParams, NetBridgeConnectResult, Warning } from "../../../generated/types.gen.js";
import type { KernelLink } from "../../kernel/net-model.js";
import { rpcError } from "../../rpc/errors.js";
import type { Steps } from "../../state/steps.js";
import { nameTaken, otherValues } from "./bridge-add.js";
import { pathBetween, runsStp } from "./bridge-loops.js";
import { linkNamed } from "./bridge-make.js";
import { attach, connectionOf, endsOf, makePair, type Pair, pairOf } from "./connection-make.js";
import { type ConnectionEntry, connectionKey } from "./link-entries.js";
import { changeLinks, isBridge, isUp, type LinkDeps, Links } from "./link-state.js";
import { asked, invalidArgument, notFound } from "./refusals.js";

/** `net.bridge.connect`. */
export const connectBridges = (deps: LinkDeps, params: NetBridgeConnectParams): Promise<NetBridgeConnectResult> =>
  changeLinks(deps, async (steps) => {
    const { persist = true } = params;
    if (params.a === params.b) throw invalidArgument("b", "a bridge cannot be connected with itself");
    const before = await Links.look(deps);
    requireBridge("a", params.a, before);
    requireBridge("b", params.b, before);
    const pair = pairOf(params.a, params.b);
    const changed = endsOf(pair, before)
      ? await keep(deps, pair, params, before, steps)
      : await make(deps, pair, params, before, steps);
    const links = await Links.look(deps);
    const ends = endsOf(pair, links);
    if (!ends) throw notFound("interface", pair.nearName);
    return {
      changed,
      warnings: warningsFor(pair, persist, before, links),
      connection: connectionOf(pair, ends, links, deps),
      persisted: persist,
    };
  });

/** The bridge that a parameter names. */
export function requireBridge(field: string, name: string, links: Links): KernelLink {
  const link = links.get(name);
  if (!link) throw notFound("bridge", name);
  if (!isBridge(link)) throw invalidArgument(field, `${name} is no bridge`);
  return link;
}

/** The pair is there: it is as it is wanted, or that is told. Answers whether the registry changed. */
async function keep(
  deps: LinkDeps,
  pair: Pair,
  { mtu, persist = true }: NetBridgeConnectParams,
  links: Links,
  steps: Steps,
): Promise<boolean> {
  const there = endsOf(pair, links);
  const differences = [
    { field: "mtu", expected: String(mtu ?? there?.near.mtu), actual: String(there?.near.mtu) },
    { field: "a", expected: pair.a, actual: there?.near.master ?? "no bridge" },
    { field: "b", expected: pair.b, actual: there?.far.master ?? "no bridge" },
  ].filter(({ expected, actual }) => expected !== actual);
  if (differences.length > 0) throw otherValues(`the connection of ${pair.a} and ${pair.b}`, differences);
  const key = connectionKey(pair.a, pair.b);
  const before = deps.bridges.get(key);
  if (before?.persist === persist) return false;
  const entry: ConnectionEntry = { kind: "connection", a: pair.a, b: pair.b, mtu: there?.near.mtu ?? 0, persist };
  await steps.do(
    "remember the connection",
    () => deps.bridges.put(key, entry),
    () => deps.bridges.restore(key, before),
  );
  return (before?.persist ?? false) !== persist;
}

async function make(
  deps: LinkDeps,
  pair: Pair,
  { mtu, persist = true }: NetBridgeConnectParams,
  links: Links,
  steps: Steps,
): Promise<boolean> {
  const [a, b] = [requireBridge("a", pair.a, links), requireBridge("b", pair.b, links)];
  for (const name of [pair.nearName, pair.farName]) if (links.get(name)) throw nameTaken(name);
  guardLoop(pair, a, b, links);
  const entry: ConnectionEntry = {
    kind: "connection",
    a: pair.a,
    b: pair.b,
    mtu: mtu ?? Math.min(a.mtu, b.mtu),
    persist,
  };
  const key = connectionKey(pair.a, pair.b);
  const before = deps.bridges.get(key);
  await steps.do(
    "enter the connection",
    () => deps.bridges.put(key, { ...entry, phase: "adding" }),
    () => deps.bridges.restore(key, before),
  );
  await steps.do(
    "make the pair",
    () => asked("mtu", () => makePair(deps, pair, entry.mtu)),
    async () => deps.writer.deleteLink((await linkNamed(deps, pair.nearName)).ifindex),
  );
  await steps.do(`put an end into ${pair.a}`, () => asked("a", () => attach(deps, pair.nearName, a)));
  await steps.do(`put an end into ${pair.b}`, () => asked("b", () => attach(deps, pair.farName, b)));
  await steps.do("settle the connection", () => deps.bridges.put(key, entry));
  return true;
}

/** A second path would let frames circle without end. */
function guardLoop(pair: Pair, a: KernelLink, b: KernelLink, links: Links): void {
  const path = pathBetween(pair, links);
  if (!path || (runsStp(a) && runsStp(b))) return;
  const actual = `they reach each other already: ${path.join(" - ")}`;
  throw rpcError(
    "conflict",
    {
      expected: "two bridges without a path between them",
      actual,
      objects: path.slice(0, 64),
      remedy: "stp on both bridges",
    },
    `${pair.a} and ${pair.b} would form a loop: ${actual}`,
  );
}

function warningsFor({ a, b, nearName, farName }: Pair, persist: boolean, before: Links, now: Links): Warning[] {
  const warnings: Warning[] = [];
  for (const [name, end] of [
    [a, nearName],
    [b, farName],
  ] as const) {
    const [old, bridge, port] = [before.get(name), now.get(name), now.get(end)];
    if (bridge && old && bridge.mtu < old.mtu) {
      const message = `The bridge's MTU fell from ${old.mtu} to ${bridge.mtu}, that of its smallest port.`;
      warnings.push({
        kind: "mtu_lowered",
        message,
        field: "mtu",
        object: name,
        remedy: "give the bridge an MTU of its own",
      });
    }
    if (bridge && !isUp(bridge)) {
      warnings.push({ kind: "interface_down", message: "The bridge is down.", object: name });
    } else if (bridge && runsStp(bridge) && port?.linkinfo?.info_slave_data?.state !== "forwarding") {
      const message = "The spanning tree does not let the port forward yet.";
      warnings.push({ kind: "port_not_forwarding", message, object: end });
    }
  }
  if (!persist) {
    const message = "The connection is gone after a restart of this node.";
    warnings.push({ kind: "not_persisted", message, field: "persist", object: `${a}+${b}` });
  }
  return warnings;
}
