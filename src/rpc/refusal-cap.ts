import { countedAs, type Sender } from "./sender.js";

/** Refusals of one peer that get a line of their own in each window; the others are counted. */
const LINES = 60;
/** The same for the whole network, where one sender can have as many addresses as it likes. */
const NETWORK_LINES = 120;
const WINDOW_MS = 60_000;
/** Peers that are told apart in one window; those beyond are counted as one. */
const PEERS = 1024;
const OTHERS = "others";
const NETWORK = "network";

/** How many refusals of one peer got no line of their own. */
export interface Unlisted {
  readonly peer: string;
  readonly count: number;
}

/** Keeps refused strangers from filling the audit, or from pushing out of it by rotation what others did. */
export class RefusalCap {
  readonly #seen = new Map<string, number>();
  readonly #unlisted = new Map<string, number>();
  #fromNetwork = 0;
  #window: NodeJS.Timeout | undefined;

  /** `tell` gets what was not listed, at the end of each window. */
  constructor(private readonly tell: (unlisted: Unlisted) => void) {}

  /** Counts a refusal in, and answers whether it gets a line. */
  lists(sender: Sender): boolean {
    // Only while refusals come: a clock at rest costs nothing.
    this.#window ??= setTimeout(() => this.close(), WINDOW_MS).unref();
    const peer = countedAs(sender);
    const name = this.#seen.has(peer) || this.#seen.size < PEERS ? peer : OTHERS;
    const count = (this.#seen.get(name) ?? 0) + 1;
    this.#seen.set(name, count);
    if (count > LINES) return this.#leaveOut(name);
    if (sender.transport === "unix") return true;
    this.#fromNetwork += 1;
    return this.#fromNetwork <= NETWORK_LINES || this.#leaveOut(NETWORK);
  }

  #leaveOut(name: string): false {
    this.#unlisted.set(name, (this.#unlisted.get(name) ?? 0) + 1);
    return false;
  }

  /** Ends the window now. */
  close(): void {
    clearTimeout(this.#window);
    this.#window = undefined;
    for (const [peer, count] of this.#unlisted) this.tell({ peer, count });
    this.#unlisted.clear();
    this.#seen.clear();
    this.#fromNetwork = 0;
  }
}
