import type { DriftKind } from "../../generated/types.gen.js";
import type { CallContext } from "../rpc/context.js";
import type { Delayed, Managed } from "./managed.js";

const RETRY_MS = 10_000;

/** An entry that waits, since when. */
export interface Waiting extends Delayed {
  readonly kind: DriftKind;
  /** ISO 8601. */
  readonly since: string;
}

/** Makes again at start what the registries hold, part by part in the order of their needs, and tries again what must wait. */
export class Restore {
  private held = new Map<string, Waiting>();
  private first: Promise<void> | undefined;
  private again: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly parts: readonly Managed[],
    private readonly log: CallContext["log"],
  ) {}

  /** Resolves when the first round has ended, however it ended: writes wait for it. */
  get done(): Promise<void> {
    this.first ??= this.round();
    return this.first;
  }

  /** Tries again what waits: when a device has appeared. Does nothing while nothing waits. */
  async retry(): Promise<void> {
    await this.done;
    if (this.held.size === 0) return;
    this.again ??= this.round();
    await this.again;
  }

  /** What waits now. */
  get waiting(): readonly Waiting[] {
    return [...this.held.values()];
  }

  private async round(): Promise<void> {
    const before = this.held;
    const now = new Map<string, Waiting>();
    for (const part of this.parts) {
      for (const { id, reason, isExpected } of await this.restored(part)) {
        const key = `${part.kind} ${id}`;
        const since = before.get(key)?.since ?? new Date().toISOString();
        if (before.get(key)?.reason !== reason) this.log.warn("not restored yet", { kind: part.kind, id, reason });
        now.set(key, { kind: part.kind, id, reason, since, ...(isExpected && { isExpected }) });
      }
    }
    for (const [key, { kind, id }] of before) if (!now.has(key)) this.log.info("no longer waits", { kind, id });
    this.held = now;
    this.again = undefined;
    clearTimeout(this.timer);
    if (now.size > 0) this.timer = setTimeout(() => void this.retry(), RETRY_MS).unref();
  }

  private async restored(part: Managed): Promise<readonly Delayed[]> {
    try {
      return await part.restore();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return [{ id: "*", reason: `all of them: ${reason}` }];
    }
  }
}
