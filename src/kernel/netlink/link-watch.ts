import { linkEntry } from "./link-index.js";
import { LITTLE } from "./message.js";
import { NetlinkSocket } from "./socket.js";

const NETLINK_ROUTE = 0;
const RTNLGRP_LINK = 1;
const RTM_NEWLINK = 16;
const RTM_DELLINK = 17;
const BUFFER_BYTES = 64 * 1024;
const IFF_UP = 1;

/** A link as the kernel announced it. */
export interface LinkNotice {
  readonly ifname: string;
  /** False where it is gone. */
  readonly isThere: boolean;
  readonly isUp: boolean;
}

/**
 * What the kernel announces of links, taken at intervals without waiting: a read that waits would keep one of libuv's
 * four threads for itself.
 */
export class LinkWatch {
  private readonly socket: NetlinkSocket;

  /** Calls `tell` every `everyMs` with what came since, nothing included. Throws where netlink cannot be opened. */
  constructor(everyMs: number, tell: (notices: readonly LinkNotice[]) => void) {
    this.socket = NetlinkSocket.openListening(NETLINK_ROUTE, BUFFER_BYTES, RTNLGRP_LINK);
    setInterval(() => tell(this.take()), everyMs).unref();
  }

  private take(): LinkNotice[] {
    const notices: LinkNotice[] = [];
    this.socket.drain((type, chunk, start, end) => {
      const entry = linkEntry(RTM_NEWLINK, chunk, start, end);
      if (!entry || (type !== RTM_NEWLINK && type !== RTM_DELLINK)) return;
      const isUp = type === RTM_NEWLINK && (chunk.view.getUint32(start + 8, LITTLE) & IFF_UP) !== 0;
      notices.push({ ifname: entry.name, isThere: type === RTM_NEWLINK, isUp });
    });
    return notices;
  }
}
