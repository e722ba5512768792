import type { ConntrackEntry, ConntrackFilter } from "./conntrack-model.js";
import type { Files } from "./files.js";
import { conntrackEntry } from "./netlink/conntrack-entry.js";
import {
  type ConntrackKey,
  ConntrackMessage,
  conntrackDump,
  deleteRequest,
  flushRequest,
} from "./netlink/conntrack-message.js";
import { type Chunk, NetlinkError } from "./netlink/message.js";
import { NetlinkPool } from "./netlink/pool.js";
import { NetlinkSocket } from "./netlink/socket.js";

const NETLINK_NETFILTER = 12;
const ENOENT = 2;

/** Entries that match, and how many there are of them. */
export interface ConntrackFound {
  readonly total: number;
  readonly entries: ConntrackEntry[];
}

/** An entry with what deletes it. */
export interface HeldEntry {
  readonly key: ConntrackKey;
  readonly entry: ConntrackEntry;
}

/** Which of the entries that a filter lets through are meant. */
export type Choose = (entry: ConntrackEntry) => boolean;

/** The kernel's connection table over ctnetlink, without a child process. Needs CAP_NET_ADMIN. */
export class Conntrack {
  private readonly pool = new NetlinkPool((bufferBytes) => NetlinkSocket.open(NETLINK_NETFILTER, bufferBytes));

  constructor(private readonly files: Files) {}

  /** Whether the running kernel tracks connections. */
  isLoaded(): Promise<boolean> {
    return this.files.exists("/proc/sys/net/netfilter/nf_conntrack_count");
  }

  /** Counts what matches and decodes the first `limit` of it. Rejects with `NetlinkError`. */
  async list(filter: ConntrackFilter, limit: number, signal?: AbortSignal): Promise<ConntrackFound> {
    const now = Date.now();
    let total = 0;
    const begin = () => {
      const message = new ConntrackMessage();
      total = 0;
      return (type: number, chunk: Chunk, start: number, end: number) => {
        if (!message.fill(type, chunk, start, end) || !message.matches(filter)) return undefined;
        total += 1;
        return total > limit ? undefined : conntrackEntry(message, now);
      };
    };
    const entries = await this.pool.dumpAnew(conntrackDump(filter.family), begin, signal);
    return { total, entries };
  }

  /** Everything that matches, with what deletes it. */
  async find(filter: ConntrackFilter, choose: Choose = () => true, signal?: AbortSignal): Promise<HeldEntry[]> {
    const now = Date.now();
    const message = new ConntrackMessage();
    return this.pool.dump(
      conntrackDump(filter.family),
      (type, chunk, start, end) => {
        if (!message.fill(type, chunk, start, end) || !message.matches(filter)) return undefined;
        const entry = conntrackEntry(message, now);
        return entry && choose(entry) ? { key: message.key, entry } : undefined;
      },
      signal,
    );
  }

  /** What deletes each entry that matches; less work than `find` where nobody looks at them. */
  async keys(filter: ConntrackFilter, signal?: AbortSignal): Promise<ConntrackKey[]> {
    const message = new ConntrackMessage();
    return this.pool.dump(
      conntrackDump(filter.family),
      (type, chunk, start, end) =>
        message.fill(type, chunk, start, end) && message.matches(filter) ? message.key : undefined,
      signal,
    );
  }

  /** Deletes entries one by one, past those that ended by themselves; answers how many it deleted. */
  async delete(keys: readonly ConntrackKey[]): Promise<number> {
    let deleted = 0;
    for (const key of keys) if (await this.deleteOne(key)) deleted += 1;
    return deleted;
  }

  /** Deletes everything there is. */
  async flush(): Promise<void> {
    await this.pool.dump(flushRequest(), () => undefined);
  }

  private async deleteOne(key: ConntrackKey): Promise<boolean> {
    try {
      await this.pool.dump(deleteRequest(key), () => undefined);
      return true;
    } catch (error) {
      if (error instanceof NetlinkError && error.errno === ENOENT) return false;
      throw error;
    }
  }
}
