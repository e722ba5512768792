import type { DriftItem, DriftKind } from "../../generated/types.gen.js";

/** An entry that could not be made again yet, and why. */
export interface Delayed {
  /** As in `net.verify`. */
  readonly id: string;
  readonly reason: string;
  /** That it waits is nothing to complain of; it is tried again all the same. */
  readonly isExpected?: boolean;
}

/** What the daemon owns of one kind: entries of a registry with their objects in the kernel. */
export interface Managed {
  readonly kind: DriftKind;
  /**
   * Makes again what is in the registry and missing in the kernel, and answers what must wait.
   * Runs at start and again while something waits, beside writes: so each entry is restored in its resource's queue.
   */
  restore(): Promise<readonly Delayed[]>;
  /** Compares every entry with the kernel, and finds what carries our mark without one; never changes anything. */
  verify(signal: AbortSignal): Promise<readonly DriftItem[]>;
  /** How many entries there are. */
  count(): number;
  /** The address families in which the entries do nothing while this node does not forward; absent where none does. */
  forwardingFamilies?(): Iterable<"inet" | "inet6">;
}
