// Answers network methods from the built daemon's own code, as seen by this very process (its namespaces, its user).
import { validateResult } from "../../dist/generated/results.gen.js";
import { vlanReader, vlansByTool } from "../../dist/src/kernel/bridge-vlans.js";
import { Files } from "../../dist/src/kernel/files.js";
import { IpRoute } from "../../dist/src/kernel/iproute.js";
import { netReader } from "../../dist/src/kernel/net-reader.js";
import { bridge } from "../../dist/src/native/net/bridge.js";
import { dns } from "../../dist/src/native/net/dns.js";
import { interfaces } from "../../dist/src/native/net/interfaces.js";
import { lease } from "../../dist/src/native/net/lease.js";
import { neighbors } from "../../dist/src/native/net/neighbors.js";
import { prefix } from "../../dist/src/native/net/prefix.js";
import { routeReads } from "../../dist/src/native/net/routes.js";
import { status } from "../../dist/src/native/net/status.js";
import { sysctl } from "../../dist/src/native/net/sysctl.js";
import { vlan } from "../../dist/src/native/net/vlan.js";
import { RpcError } from "../../dist/src/rpc/errors.js";

const [reader, calls] = process.argv.slice(2);
const files = new Files();
const net = reader === "ip" ? new IpRoute(files) : netReader(files, () => {});
const vlans = reader === "ip" ? vlansByTool : vlanReader();
const deps = { files, net, vlans, version: "0.1.0", nodeId: "0".repeat(32), managed: [] };
const nothingKept = { bridges: new Map(), taps: new Map(), routes: new Map() };
const handlers = {
  ...bridge({ ...deps, ...nothingKept }),
  ...interfaces(deps),
  ...routeReads(deps),
  ...neighbors(deps),
  ...status(deps),
  ...dns(deps),
  ...sysctl(deps),
  ...vlan(deps),
  ...lease(deps),
  ...prefix(deps),
};
const context = { signal: new AbortController().signal };

let rounds = 0;
let turning = true;
const turn = () => {
  rounds += 1;
  if (turning) setImmediate(turn);
};
setImmediate(turn);

const answers = [];
const ms = [];
for (const [method, params = {}] of JSON.parse(calls)) {
  const start = performance.now();
  answers.push(await answer(method, params));
  ms.push(performance.now() - start);
}
turning = false;
const exact = (_, value) => (typeof value === "bigint" ? String(value) : value);
process.stdout.write(JSON.stringify({ answers, ms, rounds, rssMiB: process.memoryUsage.rss() / 2 ** 20 }, exact));

async function answer(method, params) {
  try {
    const result = await handlers[method](params, context);
    if (!validateResult[method](result)) throw new Error(JSON.stringify(validateResult[method].errors));
    return result;
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    return { kind: error.kind, ...error.details };
  }
}
