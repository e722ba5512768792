import { type MethodInfo, methods } from "../../generated/methods.gen.js";
import type { Files } from "../kernel/files.js";
import { rpcError } from "../rpc/errors.js";
import type { Restore } from "./restore.js";

type Handler = (params: never, context: never) => unknown;

/** The same handlers, with writes that wait until restoring has ended and that refuse a recorded machine. */
export function afterRestore<T extends object>(handlers: T, files: Files, restore: Restore): T {
  const table = handlers as Readonly<Record<string, Handler>>;
  const guarded = Object.entries(table).map(([method, handler]) => [
    method,
    isWrite(method) ? waiting(handler, files, restore) : handler,
  ]);
  // Every entry keeps its method, and each guarded handler takes and answers what its original does.
  return Object.fromEntries(guarded) as T;
}

const infos: Readonly<Record<string, MethodInfo>> = methods;
const isWrite = (method: string): boolean => infos[method]?.right === "write" || infos[method]?.right === "admin";

const waiting =
  (handler: Handler, files: Files, restore: Restore): Handler =>
  async (params, context) => {
    if (!files.live) {
      const reason = "the daemon reads a recorded machine (--sysroot), and nothing can be changed on one";
      throw rpcError("unsupported", { reason, mode: "native" }, reason);
    }
    await restore.done;
    return handler(params, context);
  };
