import type { NetRoutesHandlers } from "../../../generated/handlers.gen.js";
import type { NetRoutesParams } from "../../../generated/types.gen.js";
import type { Files } from "../../kernel/files.js";
import { type CanonicalPrefix, parsePrefix } from "../../kernel/ip-address.js";
import type { NetReader, RouteFilter } from "../../kernel/net-model.js";
import { rpcError } from "../../rpc/errors.js";
import type { LinkDeps } from "./link-state.js";
import { askKernel } from "./live.js";
import { numberOf } from "./route-wanted.js";
import { addRoute } from "./routes-add.js";
import { deleteRoute } from "./routes-delete.js";

export interface RouteReadDeps {
  readonly files: Files;
  readonly net: NetReader;
}

/** The `net.routes` topic: the routing tables of both families, and routes of ours in them. */
export const routes = (deps: LinkDeps): NetRoutesHandlers => ({
  ...routeReads(deps),
  "net.routes.add": (params, context) => askKernel(deps, () => addRoute(deps, params, context)),
  "net.routes.delete": (params, context) => askKernel(deps, () => deleteRoute(deps, params, context)),
});

/** What of the topic changes nothing. */
export const routeReads = ({ files, net }: RouteReadDeps): Pick<NetRoutesHandlers, "net.routes"> => ({
  "net.routes": (params, { signal }) =>
    askKernel({ files }, async () => net.routes(await filterOf(files, params), signal)),
});

async function filterOf(files: Files, params: NetRoutesParams): Promise<RouteFilter> {
  const { table, protocol, dst, family, type, dev } = params;
  const wanted = dst === undefined ? undefined : destination(dst);
  return {
    ...(family !== undefined && { family }),
    ...(wanted?.family !== undefined && family === undefined && { family: wanted.family }),
    ...(table !== undefined && table !== "all" && { table: await numberOf(files, "rt_tables", "table", table) }),
    ...(protocol !== undefined && { protocol: await numberOf(files, "rt_protos", "protocol", protocol) }),
    ...(type !== undefined && { type }),
    ...(dev !== undefined && { dev }),
    ...(wanted && { dst: wanted.text }),
  };
}

function destination(dst: string): CanonicalPrefix {
  const prefix = parsePrefix(dst);
  const refuse = (reason: string) => rpcError("invalid_argument", { field: "dst", reason }, `dst: ${reason}`);
  if (!prefix) throw refuse(`${dst} is no address, prefix or \`default\``);
  if (prefix.hostBits) throw refuse(`host bits are set; did you mean ${prefix.text}?`);
  return prefix;
}
