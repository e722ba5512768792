import type { Files } from "./files.js";
import { IpRoute } from "./iproute.js";
import { libc } from "./libc.js";
import type { NetReader } from "./net-model.js";
import { Rtnetlink } from "./netlink/rtnetlink.js";

/**
 * The network over rtnetlink, or by running `ip` where the C library cannot be called on this platform.
 * @param notice told why, where it is `ip`
 */
export function netReader(files: Files, notice: (reason: string) => void): NetReader {
  try {
    libc();
  } catch (error) {
    notice(error instanceof Error ? error.message : String(error));
    return new IpRoute(files);
  }
  return new Rtnetlink(files);
}
