import type { NetOvsHandlers } from "../../../generated/handlers.gen.js";
import type {
  DatapathReport,
  FlowTable,
  NetDatapathParams,
  NetFlowsParams,
  NetOvsConntrackFlushParams,
  NetOvsConntrackParams,
  NetOvsConntrackStatsParams,
  OvsConntrackStats,
  OvsConntrackTable,
} from "../../../generated/types.gen.js";
import { CommandFailed } from "../../kernel/exec.js";
import type { Files } from "../../kernel/files.js";
import { parseLimits, readConnectionCounts, readConnections } from "../../kernel/ovs/conntrack.js";
import { type OvsDatabase, readDatabase } from "../../kernel/ovs/database.js";
import { datapathNames, dpctl, readDatapath, readDatapathFlows } from "../../kernel/ovs/datapath.js";
import { readFlows } from "../../kernel/ovs/flows.js";
import { rpcError } from "../../rpc/errors.js";
import { askKernel } from "./live.js";
import { ovsState } from "./ovs-shape.js";

export interface OvsDeps {
  readonly files: Files;
}

const DEFAULT_FLOWS = 10_000;
const DEFAULT_ENTRIES = 1000;

/** The `net.ovs` topic: the node's Open vSwitch. MOS nodes have one; the native daemon leaves the topic out. */
export const ovs = (deps: OvsDeps): NetOvsHandlers => ({
  "net.ovs": ({ bridge }, { signal }) =>
    askKernel(deps, async () => {
      const database = await readDatabase(signal);
      if (bridge !== undefined) bridgeNamed(database, bridge);
      return ovsState(database, bridge);
    }),
  "net.flows": (params, { signal }) => askKernel(deps, () => flows(params, signal)),
  "net.datapath": (params, { signal }) => askKernel(deps, () => datapath(params, signal)),
  "net.ovs.conntrack": (params, { signal }) => askKernel(deps, () => conntrack(params, signal)),
  "net.ovs.conntrack.stats": (params, { signal }) => askKernel(deps, () => stats(params, signal)),
  "net.ovs.conntrack.flush": (params) => askKernel(deps, () => flush(params)),
});

function bridgeNamed(database: OvsDatabase, name: string) {
  const row = [...database.bridges.values()].find((one) => one.text("name") === name);
  if (row) return row;
  throw rpcError("not_found", { resource: "ovs_bridge", name }, `Open vSwitch has no bridge ${name}`);
}

async function flows(params: NetFlowsParams, signal: AbortSignal): Promise<FlowTable> {
  const { bridge, table, cookie, limit = DEFAULT_FLOWS } = params;
  const database = await readDatabase(signal);
  const rows = bridge === undefined ? [...database.bridges.values()] : [bridgeNamed(database, bridge)];
  const bridges = rows.map((row) => ({ name: row.text("name") ?? "", protocols: row.texts("protocols") }));
  const found = [];
  for (const { name, protocols } of bridges.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const entries = await readFlows({ bridge: name, protocols, table, cookie }, signal);
    found.push(...entries.map((entry) => ({ bridge: name, ...entry })));
  }
  return { total: found.length, truncated: found.length > limit, flows: found.slice(0, limit) };
}

/** The datapaths to speak of: all, or the one that is asked for. */
async function datapaths(only: string | undefined, signal?: AbortSignal): Promise<string[]> {
  const names = await datapathNames(signal);
  if (only === undefined) return names;
  if (names.includes(only)) return [only];
  throw rpcError("not_found", { resource: "datapath", name: only }, `Open vSwitch has no datapath ${only}`);
}

async function datapath(
  { datapath: only, limit = DEFAULT_ENTRIES }: NetDatapathParams,
  signal: AbortSignal,
): Promise<DatapathReport> {
  const names = await datapaths(only, signal);
  const shown = await Promise.all(names.map((name) => readDatapath(name, signal)));
  const cached = (await Promise.all(names.map((name) => readDatapathFlows(name, signal)))).flat();
  return { datapaths: shown, total: cached.length, truncated: cached.length > limit, flows: cached.slice(0, limit) };
}

async function conntrack(params: NetOvsConntrackParams, signal: AbortSignal): Promise<OvsConntrackTable> {
  const { datapath: only, zone, family, protocol, limit = DEFAULT_ENTRIES } = params;
  const names = await datapaths(only, signal);
  const all = (await Promise.all(names.map((name) => readConnections(name, zone, signal)))).flat();
  const found = all.filter(
    (entry) =>
      (family === undefined || entry.family === family) && (protocol === undefined || entry.protocol === protocol),
  );
  return { total: found.length, truncated: found.length > limit, entries: found.slice(0, limit) };
}

async function stats(
  { datapath: only, zone }: NetOvsConntrackStatsParams,
  signal: AbortSignal,
): Promise<OvsConntrackStats[]> {
  const names = await datapaths(only, signal);
  return Promise.all(
    names.map(async (name) => {
      const [counts, max, sequence, limits] = await Promise.all([
        readConnectionCounts(name, zone, signal),
        ifKept(dpctl("ct-get-maxconns", [name], signal)),
        ifKept(dpctl("ct-get-tcp-seq-chk", [name], signal)),
        ifKept(dpctl("ct-get-limits", [name, ...(zone === undefined ? [] : [`zone=${zone}`])], signal)),
      ]);
      return {
        datapath: name,
        ...counts,
        ...(max !== undefined && { max: Number(max.trim()) }),
        ...(sequence !== undefined && { tcp_sequence_checking: /enabled/.test(sequence) }),
        ...parseLimits(limits ?? ""),
      };
    }),
  );
}

/** What a kind of datapath cannot tell is absent. */
const ifKept = (asked: Promise<string>): Promise<string | undefined> =>
  asked.catch((error: unknown) => {
    if (error instanceof CommandFailed) return undefined;
    throw error;
  });

async function flush({ datapath: only, zone }: NetOvsConntrackFlushParams) {
  const all = await datapathNames();
  for (const name of await datapaths(only)) {
    // Open vSwitch 3.1 takes a zone only where it need not be told the datapath.
    const place = all.length === 1 ? [] : [name];
    await dpctl("flush-conntrack", [...place, ...(zone === undefined ? [] : [`zone=${zone}`])]);
  }
  return { changed: true, warnings: [], ...(zone !== undefined && { zone }) };
}
