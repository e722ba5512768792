import type { Files } from "./files.js";
import { IpRoute } from "./iproute.js";
import { libc } from "./libc.js";
import type { NetReader } from "./net-model.js";
import { Rtnetlink } from "./netlink/rtnetlink.js";

/** The network over rtnetlink, or by running `ip` where the C library cannot be called on this platform. */
export function netReader(files: Files): NetReader {
  try {
    libc();
  } catch {
    return new IpRoute(files);
  }
  return new Rtnetlink(files);
}
