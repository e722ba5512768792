import type { NetRoutesHandlers } from "../../../generated/handlers.gen.js";
import type { NetRoutesParams } from "../../../generated/types.gen.js";
import type { Files } from "../../kernel/files.js";
import { type CanonicalPrefix, parsePrefix } from "../../kernel/ip-address.js";
import { type NameTable, readNames } from "../../kernel/iproute-names.js";
import type { NetReader, RouteFilter } from "../../kernel/net-model.js";
import { rpcError } from "../../rpc/errors.js";
import { askKernel } from "./live.js";

export interface RoutesDeps {
  readonly files: Files;
  readonly net: NetReader;
}

/** The `net.routes` topic: the routing tables of both families. */
export const routes = (deps: RoutesDeps): Pick<NetRoutesHandlers, "net.routes"> => ({
  "net.routes": (params, { signal }) =>
    askKernel(deps, async () => deps.net.routes(await filterOf(deps.files, params), signal)),
});

const MAX_U32 = 0xffff_ffff;

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

async function numberOf(files: Files, names: NameTable, field: string, name: string): Promise<number> {
  const number = (await readNames(files, names)).number(name);
  if (number !== undefined && number <= MAX_U32) return number;
  const reason = `this node knows no routing ${field} of that name: see /etc/iproute2/${names}, or give a number`;
  throw rpcError("invalid_argument", { field, reason }, `${field}: ${reason}`);
}

function destination(dst: string): CanonicalPrefix {
  const prefix = parsePrefix(dst);
  const refuse = (reason: string) => rpcError("invalid_argument", { field: "dst", reason }, `dst: ${reason}`);
  if (!prefix) throw refuse(`${dst} is no address, prefix or \`default\``);
  if (prefix.hostBits) throw refuse(`host bits are set; did you mean ${prefix.text}?`);
  return prefix;
}
