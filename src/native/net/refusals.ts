import { getSystemErrorMap } from "node:util";
import { NetlinkError } from "../../kernel/netlink/message.js";
import { TapRefused } from "../../kernel/tun.js";
import { type RpcError, rpcError } from "../../rpc/errors.js";

const EPERM = 1;
const EACCES = 13;
const ENODEV = 19;
const EOPNOTSUPP = 95;

const nameOf = (errno: number): string => getSystemErrorMap().get(-errno)?.join(": ") ?? `errno ${errno}`;

export const invalidArgument = (field: string, reason: string): RpcError =>
  rpcError("invalid_argument", { field, reason }, `${field}: ${reason}`);

export const notFound = (resource: string, name: string): RpcError =>
  rpcError("not_found", { resource, name }, `there is no ${resource} ${name}`);

const unsupported = (reason: string): RpcError => rpcError("unsupported", { reason, mode: "native" }, reason);

/** What a refusal of the kernel is on the wire; any other error is itself. */
export function refusal(error: unknown, field: string): unknown {
  const path = error instanceof Error && "path" in error ? error.path : undefined;
  if (path === "/dev/net/tun") return unsupported(`this node makes no taps: ${String(error)}`);
  if (!(error instanceof NetlinkError || error instanceof TapRefused) || error.errno <= 0) return error;
  const words = error instanceof NetlinkError ? error.words : undefined;
  const why = words === undefined ? nameOf(error.errno) : `${nameOf(error.errno)} (${words})`;
  if (error.errno === EPERM || error.errno === EACCES) {
    return unsupported(`the daemon may not change the network: ${why}; it needs CAP_NET_ADMIN`);
  }
  if (error.errno === EOPNOTSUPP) return unsupported(`this kernel cannot do that: ${why}`);
  const reason = `the kernel refuses it: ${why}`;
  if (error.errno === ENODEV) return invalidArgument(field, `${reason}; the interface went away`);
  return invalidArgument(field, reason);
}

/** Does one thing in the kernel; a refusal is about the parameter that is named. */
export async function asked<T>(field: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw refusal(error, field);
  }
}

const MAX_NAME_BYTES = 15;

/** Refuses names that the kernel would cut, or fill in by itself. */
export function checkNewName(field: string, name: string): void {
  if (Buffer.byteLength(name, "utf8") > MAX_NAME_BYTES) {
    throw invalidArgument(field, `an interface's name has at most ${MAX_NAME_BYTES} bytes`);
  }
  if (name.includes("%")) throw invalidArgument(field, "the kernel takes `%` in a new name as a pattern");
}
