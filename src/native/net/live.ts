import type { Files } from "../../kernel/files.js";
import { NoSuchInterface } from "../../kernel/net-model.js";
import { NetlinkError } from "../../kernel/netlink/message.js";
import { rpcError } from "../../rpc/errors.js";
import { toolError } from "../tool-errors.js";

const EPERM = 1;

/** What the handlers that ask the kernel share. */
export interface LiveDeps {
  readonly files: Files;
}

/** Asks the running kernel; refuses under a sysroot, and says the kernel layer's errors in the wire's words. */
export async function askKernel<T>({ files }: LiveDeps, ask: () => Promise<T>): Promise<T> {
  if (!files.live) {
    const reason = "the daemon reads a recorded machine (--sysroot), and a recorded machine has no kernel to ask";
    throw rpcError("unsupported", { reason, mode: "native" }, reason);
  }
  try {
    return await ask();
  } catch (error) {
    if (error instanceof NoSuchInterface) {
      throw rpcError("not_found", { resource: "interface", name: error.ifname }, error.message);
    }
    if (error instanceof NetlinkError && error.errno === EPERM) {
      const reason = "the kernel answers this only to a daemon with CAP_NET_ADMIN";
      throw rpcError("unsupported", { reason, mode: "native" }, reason);
    }
    throw toolError(error) ?? error;
  }
}
