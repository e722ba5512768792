import { breakingChanges } from "./compatibility.js";
import { novelties } from "./novelties.js";
import type { Spec } from "./spec.js";

/** A difference between two specifications that callers care about. */
export interface Change {
  /** The method or error that callers know it by: `net.routes.add`, `error InUse`. */
  readonly where: string;
  readonly sentence: string;
  /** Whether a caller who wrote against the older one may have to change something. */
  readonly isBreaking: boolean;
}

/** All differences that callers care about, in the newer specification's order; words and examples are none. */
export function interfaceChanges(before: Spec, after: Spec): Change[] {
  const order = [...after.methods, ...before.methods].map(({ name }) => name);
  const place = ({ where }: Change): number => (order.includes(where) ? order.indexOf(where) : order.length);
  const broken = breakingChanges(before, after).map(({ where, sentence }) => ({ where, sentence, isBreaking: true }));
  const fresh = novelties(before, after).map((novelty) => ({ ...novelty, isBreaking: false }));
  return [...broken, ...fresh].sort((a, b) => place(a) - place(b));
}
