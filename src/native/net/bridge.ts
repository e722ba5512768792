import type { NetBridgeHandlers } from "../../../generated/handlers.gen.js";
import type { Bridge, NetBridgeParams } from "../../../generated/types.gen.js";
import { addBridge } from "./bridge-add.js";
import { connectBridges } from "./bridge-connect.js";
import { deleteBridge } from "./bridge-delete.js";
import { addPort, removePort } from "./bridge-ports.js";
import { bridgeOf, bridgesOf, tableOf } from "./bridge-shape.js";
import { isOurPort, type LinkDeps, Links } from "./link-state.js";
import { askKernel } from "./live.js";
import { notFound } from "./refusals.js";

/** The `net.bridge` topic: Linux bridges, their ports, and the connections between them. */
export const bridge = (deps: LinkDeps): NetBridgeHandlers => ({
  "net.bridge": (params, { signal }) => askKernel(deps, () => readBridges(deps, params, signal)),
  "net.bridge.add": (params) => askKernel(deps, () => addBridge(deps, params)),
  "net.bridge.delete": (params, context) => askKernel(deps, () => deleteBridge(deps, params, context)),
  "net.bridge.connect": (params) => askKernel(deps, () => connectBridges(deps, params)),
  "net.bridge.add_port": (params, context) => askKernel(deps, () => addPort(deps, params, context)),
  "net.bridge.remove_port": (params, context) => askKernel(deps, () => removePort(deps, params, context)),
});

async function readBridges(
  deps: LinkDeps,
  { name, fdb = true }: NetBridgeParams,
  signal: AbortSignal,
): Promise<Bridge[]> {
  const [links, table] = await Promise.all([Links.look(deps, signal), fdb ? deps.net.fdb(signal) : undefined]);
  const chosen = bridgesOf(links).filter(({ ifname }) => name === undefined || ifname === name);
  if (name !== undefined && chosen.length === 0) throw notFound("bridge", name);
  return Promise.all(
    chosen.map(async (link) => ({
      ...(await bridgeOf(deps.files, link, links, isOurPort(deps))),
      ...(table && { fdb: tableOf(link.ifname, links, table) }),
    })),
  );
}
