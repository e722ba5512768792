import { checkConsistency } from "./consistency.js";
import { type AclDocument, documentOf } from "./document.js";
import { AccessList } from "./list.js";
import { placesIn } from "./locate.js";
import { type AclProblem, Problems } from "./problems.js";
import { readSource } from "./source.js";
import { tablesOf } from "./syntax.js";

/** Something good, or everything that is wrong with it, in the file's order; never both. */
export type Judged<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly AclProblem[] };

/** Who counts as the daemon itself, and who may own an access list. */
export interface LoadOptions {
  /** The daemon's uid; by default this process's. */
  readonly ownUid?: number;
  /** Uids that an access list may belong to; by default root and `ownUid`. */
  readonly owners?: readonly number[];
}

/** Reads and checks an access list; it never throws for what a file holds, and answers no list that is half good. */
export function loadAccessList(file: string, options: LoadOptions = {}): Judged<AccessList> {
  const judged = judgeFile(file, options);
  return judged.ok ? { ok: true, value: new AccessList(judged.value, uidOf(options)) } : judged;
}

/** The checked entries of an access list's file. */
export function judgeFile(file: string, options: LoadOptions = {}): Judged<AclDocument> {
  const source = readSource(file, options.owners ?? [0, uidOf(options)]);
  if ("text" in source) return judgeText(source.text);
  return { ok: false, problems: [{ path: "", reason: source.reason }] };
}

/** The checked entries of an access list's text. */
export function judgeText(text: string): Judged<AclDocument> {
  const parsed = tablesOf(text);
  if ("problem" in parsed) return { ok: false, problems: [parsed.problem] };
  const problems = new Problems();
  const document = documentOf(parsed.table, problems);
  checkConsistency(document, problems);
  // Finding places takes longer than everything else, so it is done for whom there is something to tell.
  if (problems.none && document.tokens.length === 0) return { ok: true, value: document };
  const { positionOf, impossibleDate } = placesIn(text);
  const told = problems.located(positionOf);
  const all = impossibleDate ? [{ path: "", ...impossibleDate, reason: IMPOSSIBLE_DATE }, ...told] : told;
  return all.length === 0 ? { ok: true, value: document } : { ok: false, problems: all };
}

const IMPOSSIBLE_DATE = "has a date here that is in no calendar";

const uidOf = ({ ownUid }: LoadOptions): number => ownUid ?? process.geteuid?.() ?? 0;
