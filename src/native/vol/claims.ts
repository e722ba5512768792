import type { Holder } from "../../../generated/types.gen.js";
import { inUse } from "./refusals.js";
import type { Target } from "./target.js";

/** A destructive write that is under way in this daemon. */
interface Claim {
  readonly disk: string;
  /** The device; the disk's own name for the whole of it. */
  readonly device: string;
  readonly method: string;
}

const ourselves = ({ method, device }: Claim): Holder => ({
  kind: "process",
  name: "my-os-server",
  pid: process.pid,
  reason: `${method} is writing to ${device}`,
});

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
      throw inUse(named, [ourselves(rival)]);
    }
    return this.hold(targets.map(({ node, whole }) => ({ disk: whole.name, device: node.name, method })));
  }

  /** Claims a disk's table, beside writes on its partitions. Throws `in_use` while the disk itself is overwritten. */
  takeTable({ named, whole }: Target, method: string): () => void {
    const rival = [...this.active].find(({ disk, device }) => disk === whole.name && device === disk);
    if (rival) throw inUse(named, [ourselves(rival)]);
    return this.hold([{ disk: whole.name, device: `table of ${whole.name}`, method }]);
  }

  private hold(claims: readonly Claim[]): () => void {
    for (const claim of claims) this.active.add(claim);
    return () => {
      for (const claim of claims) this.active.delete(claim);
    };
  }
}
