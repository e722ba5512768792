import { inUse } from "./refusals.js";
import type { Target } from "./target.js";

/** A destructive write that is under way in this daemon. */
interface Claim {
  readonly disk: string;
  /** The device; the disk's own name for the whole of it. */
  readonly device: string;
  readonly method: string;
}

/** What this daemon itself is about to overwrite: a second call for it is refused, not queued behind the first. */
export class Claims {
  private readonly active = new Set<Claim>();

  /** Claims all of the devices or none; answers how to give them back. Throws `in_use`. */
  take(targets: readonly Target[], method: string): () => void {
    for (const { named, node, whole } of targets) {
      const rival = [...this.active].find(
        ({ disk, device }) =>
          disk === whole.name && (device === node.name || device === disk || node.name === whole.name),
      );
      if (!rival) continue;
      const reason = `${rival.method} is writing to ${rival.device}`;
      throw inUse(named, [{ kind: "process", name: "my-os-server", pid: process.pid, reason }]);
    }
    const claims = targets.map(({ node, whole }) => ({ disk: whole.name, device: node.name, method }));
    for (const claim of claims) this.active.add(claim);
    return () => {
      for (const claim of claims) this.active.delete(claim);
    };
  }
}
