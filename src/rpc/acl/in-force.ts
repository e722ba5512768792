import type { AccessList } from "./list.js";
import type { Judged } from "./load.js";
import type { AclProblem } from "./problems.js";

/** The access list in force. It is replaced as a whole or not at all; who asked before keeps the answer they got. */
export class AccessInForce {
  #list: AccessList;
  #refused: readonly AclProblem[] = [];

  constructor(
    first: AccessList,
    private readonly load: () => Judged<AccessList>,
  ) {
    this.#list = first;
  }

  get list(): AccessList {
    return this.#list;
  }

  /** What was wrong with the list that was last loaded; empty where that is the one in force. */
  get refused(): readonly AclProblem[] {
    return this.#refused;
  }

  /** Loads again and puts the new list in force; with problems, which it answers, the old one stays. */
  reload(): readonly AclProblem[] {
    const judged = this.load();
    this.#refused = judged.ok ? [] : judged.problems;
    if (judged.ok) this.#list = judged.value;
    return this.#refused;
  }
}
