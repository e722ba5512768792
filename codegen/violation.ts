import type { Spec } from "./spec.js";

/** One broken house rule: where, and a sentence that says what to change. */
export interface Violation {
  /** A method's name, or the path of a component. */
  readonly where: string;
  readonly sentence: string;
}

export type Rule = (spec: Spec) => Iterable<Violation>;

/** The specification breaks house rules; nothing was generated. */
export class SpecificationError extends Error {
  override readonly name = "SpecificationError";

  constructor(
    file: string,
    readonly violations: readonly Violation[],
  ) {
    const lines = violations.map(({ where, sentence }) => `${file}: ${where}: ${sentence}`);
    super(`${violations.length} house rule${violations.length === 1 ? "" : "s"} broken\n${lines.join("\n")}`);
  }
}
