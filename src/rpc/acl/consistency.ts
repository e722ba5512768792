import { nearest } from "../../words/nearest.js";
import type { AclDocument } from "./document.js";
import { byName, circles } from "./groups.js";
import { type Located, type Problems, pathText } from "./problems.js";
import { shown } from "./shown.js";

/** Notes what is wrong between entries that are each right by themselves: repeated, unknown and circular names. */
export function checkConsistency(document: AclDocument, problems: Problems): void {
  const { groups, aces, policy, tokens, certificates } = document;
  const once = (values: readonly Located<string | number>[], what: string) => noteRepeated(values, what, problems);
  once(
    groups.flatMap(({ name }) => name ?? []),
    "this group",
  );
  for (const { users, memberGroups } of groups) {
    once(users, "this key");
    once(memberGroups, "this group");
  }
  for (const ace of aces) once(ace.groups, "this group");
  once(policy.trustedUids, "this uid");
  once(
    tokens.map(({ sha256 }) => sha256),
    "this token",
  );
  once(
    certificates.map(({ spkiSha256 }) => spkiSha256),
    "this certificate",
  );
  noteUnknown(document, problems);
  noteCircles(document, problems);
}

function noteRepeated(values: readonly Located<string | number>[], what: string, problems: Problems): void {
  const seen = new Map<string | number, Located<unknown>>();
  for (const located of values) {
    const first = seen.get(located.value);
    if (first) problems.add(located.path, `repeats ${pathText(first.path)}: ${what} is there already`);
    else seen.set(located.value, located);
  }
}

function noteUnknown({ groups, aces }: AclDocument, problems: Problems): void {
  const named = byName(groups);
  for (const { value, path } of [
    ...groups.flatMap((group) => group.memberGroups),
    ...aces.flatMap((ace) => ace.groups),
  ])
    if (!named.has(value)) problems.add(path, `there is no group ${shown(value)}`, nearest(value, named.keys()));
}

const MOST_NAMES = 20;

function noteCircles({ groups }: AclDocument, problems: Problems): void {
  for (const { names, closedBy } of circles(groups)) {
    const left = names.length - MOST_NAMES;
    const told = left > 0 ? [...names.slice(0, MOST_NAMES - 1), `(${left} more)`, ...names.slice(-1)] : names;
    problems.add(closedBy.path, `makes a group a member of itself: ${told.join(" → ")}`);
  }
}
