import type { Registry } from "../../state/registry.js";
import type { Delayed } from "../managed.js";

/**
 * What of a registry is still to be made again. The first round takes every entry; later ones take only what had to
 * wait, so that what somebody took away meanwhile stays away until the next start.
 */
export class Pending<E> {
  private waiting: ReadonlySet<string> | undefined;

  constructor(
    private readonly registry: Registry<E>,
    private readonly isOfKind: (entry: E) => boolean = () => true,
  ) {}

  /** `idOf` names an entry for people; `restoreOne` makes it again, or says why it must wait. */
  async restore(
    idOf: (entry: E) => string,
    restoreOne: (key: string) => Promise<string | undefined>,
  ): Promise<readonly Delayed[]> {
    const delayed: Delayed[] = [];
    const waiting = new Set<string>();
    for (const [key, entry] of this.registry.entries) {
      if (!this.isOfKind(entry) || (this.waiting && !this.waiting.has(key))) continue;
      const reason = await attempt(() => restoreOne(key));
      if (reason === undefined) continue;
      waiting.add(key);
      delayed.push({ id: idOf(entry), reason });
    }
    this.waiting = waiting;
    return delayed;
  }
}

async function attempt(work: () => Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await work();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
