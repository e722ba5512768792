import { NetlinkError, type Visit } from "./message.js";

/** What the changes need of a `NetlinkSocket`. */
interface ChangeSocket {
  change(request: Buffer, visit: Visit): Promise<void>;
  close(): void;
}

/** Requests that change something, one after the other over one socket that is opened at the first of them. */
export class NetlinkChanges {
  private socket: ChangeSocket | undefined;
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly open: () => ChangeSocket) {}

  /** Sends a request and waits until the kernel has done it; rejects with `NetlinkError` where it refuses. */
  send(request: Buffer, visit: Visit = () => {}): Promise<void> {
    const turn = this.last.then(() => this.use(request, visit));
    this.last = turn.catch(() => {});
    return turn;
  }

  /** Closes the socket; it is opened again when it is needed. */
  close(): void {
    this.socket?.close();
    this.socket = undefined;
  }

  private async use(request: Buffer, visit: Visit): Promise<void> {
    this.socket ??= this.open();
    try {
      await this.socket.change(request, visit);
    } catch (error) {
      // After a refusal the socket is as good as before; after anything else a late answer may still come on it.
      if (!(error instanceof NetlinkError && error.errno > 0)) {
        this.socket.close();
        this.socket = undefined;
      }
      throw error;
    }
  }
}
