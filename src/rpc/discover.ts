import { EncodedJson } from "./encode.js";
import type { HandlerTable } from "./handlers.js";
import type { Specification } from "./specification.js";

/** The `rpc` topic. `rpc.discover` answers the very bytes of `openrpc.json`. */
export function rpcHandlers({ bytes }: Specification): Pick<HandlerTable, "rpc.discover" | "rpc.health"> {
  const specification = new EncodedJson(bytes);
  return {
    "rpc.discover": () => specification,
    "rpc.health": () => ({ status: "ok" }),
  };
}
