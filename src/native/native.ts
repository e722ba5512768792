import type { Handlers, RpcHandlers } from "../../generated/handlers.gen.js";
import { type MethodName, methods } from "../../generated/methods.gen.js";
import type { Files } from "../kernel/files.js";
import { Identities } from "../kernel/identities.js";
import { netReader } from "../kernel/net-reader.js";
import { SpaceReader } from "../kernel/statfs.js";
import type { CallContext } from "../rpc/context.js";
import { type RpcError, rpcError } from "../rpc/errors.js";
import { dns } from "./net/dns.js";
import { interfaces } from "./net/interfaces.js";
import { neighbors } from "./net/neighbors.js";
import { routes } from "./net/routes.js";
import { status } from "./net/status.js";
import type { Unbuilt } from "./unbuilt.js";
import { disks } from "./vol/disks.js";
import { mounts } from "./vol/mounts.js";
import { partitions } from "./vol/partitions.js";
import { usage } from "./vol/usage.js";

export interface NativeDeps {
  readonly files: Files;
  readonly stateDir: string;
  /** The served specification's. */
  readonly version: string;
  readonly nodeId: string;
  readonly log: CallContext["log"];
}

type MosOnly = { [M in MethodName]: (typeof methods)[M]["mosOnly"] extends true ? M : never }[MethodName];
type Absent = Unbuilt | MosOnly;

/** Every method has a handler here, or stands in `unbuilt`, or is of MOS nodes only. */
type Present = Pick<Handlers, Exclude<MethodName, Absent | keyof RpcHandlers>>;
/** And none is both: a handler for a method that still stands in the list does not compile. */
type Nowhere = { readonly [M in Absent]?: never };

/** All that the native daemon answers, topic by topic. */
export function nativeHandlers({ files, stateDir, version, nodeId, log }: NativeDeps): Present & Nowhere {
  const identities = new Identities(files);
  const space = new SpaceReader();
  const net = netReader(files, (reason) => log.warn("netlink cannot be used; net.* reads run ip instead", { reason }));
  return {
    ...status({ files, net, version, nodeId }),
    ...interfaces({ files, net }),
    ...routes({ files, net }),
    ...neighbors({ files, net }),
    ...dns({ files }),
    ...disks({ files, identities, stateDir }),
    ...partitions({ files, identities, stateDir }),
    ...mounts({ files, identities, space }),
    ...usage({ files, space }),
  };
}

/** Why the native daemon does not answer a method. */
export function absentFromNative(method: MethodName): RpcError {
  const reason = methods[method].mosOnly
    ? "Open vSwitch is answered on MOS nodes only"
    : "not implemented in this build";
  return rpcError("unsupported", { reason, mode: "native" }, `${method}: ${reason}`);
}
