import { BtrfsRefused } from "../kernel/btrfs-ioctl.js";
import { CommandFailed, ToolMissing } from "../kernel/exec.js";
import { NotRecorded } from "../kernel/files.js";
import { LibcUnavailable } from "../kernel/libc.js";
import { type RpcError, rpcError } from "../rpc/errors.js";
import { RegistryUnusable } from "../state/registry.js";

/** The wire's limits on a command that is told to the caller. */
const MAX_ARGUMENTS = 256;
const MAX_ARGUMENT = 4096;

/** What the kernel layer's own errors are on the wire; undefined for any other error. */
export function toolError(error: unknown): RpcError | undefined {
  if (error instanceof ToolMissing) {
    return rpcError("tool_missing", { tool: error.tool, package: error.package }, error.message);
  }
  if (error instanceof CommandFailed) {
    const argv = error.argv.slice(0, MAX_ARGUMENTS).map((word) => word.slice(0, MAX_ARGUMENT));
    const details = { argv, exit_code: error.exitCode, stderr: error.stderr };
    return rpcError("command_failed", details, `${error.argv[0]} failed: ${error.stderr || error.message}`);
  }
  if (error instanceof BtrfsRefused) return refusedByBtrfs(error);
  if (error instanceof NotRecorded || error instanceof LibcUnavailable) {
    return rpcError("unsupported", { reason: error.message, mode: "native" }, error.message);
  }
  if (error instanceof RegistryUnusable)
    return rpcError("internal_error", { reason: "state_unwritable" }, error.message);
  return undefined;
}

function refusedByBtrfs({ request, code, message }: BtrfsRefused): RpcError {
  if (code !== "EPERM" && code !== "EACCES") {
    return rpcError("command_failed", { argv: ["ioctl", request], exit_code: -1, stderr: code }, message);
  }
  const right = request === "growExt4" ? "CAP_SYS_RESOURCE" : "CAP_SYS_ADMIN";
  const reason = `the kernel does this for root only (${right})`;
  return rpcError("unsupported", { reason, mode: "native" }, reason);
}
