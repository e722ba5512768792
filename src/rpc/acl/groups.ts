import type { Right } from "../../../generated/methods.gen.js";
import type { AclAce, AclGroup } from "./document.js";
import type { Located } from "./problems.js";
import { rights } from "./rights.js";

/** A group that is a member of itself: the names from one to the same again, and the entry that closes the circle. */
export interface Circle {
  readonly names: readonly string[];
  readonly closedBy: Located<string>;
}

/** The groups by name; of two with one name, the first. */
export function byName(groups: readonly AclGroup[]): ReadonlyMap<string, AclGroup> {
  const named = new Map<string, AclGroup>();
  for (const group of groups) if (group.name && !named.has(group.name.value)) named.set(group.name.value, group);
  return named;
}

/**
 * The right that the aces give to each key. A key is in a group if the group lists it, or if it is in one of the
 * group's `member_groups`. Every group is visited once for each right, so that circles do no harm.
 */
export function rightsOfKeys(groups: readonly AclGroup[], aces: readonly AclAce[]): ReadonlyMap<string, Right> {
  const named = byName(groups);
  const granted = new Map<string, Right>();
  // From the lowest to the highest, so that the highest is what stays.
  for (const right of rights) {
    const entitled = aces.filter((ace) => ace.right === right).flatMap((ace) => ace.groups);
    for (const group of reachable(named, entitled)) for (const { value: key } of group.users) granted.set(key, right);
  }
  return granted;
}

/** The names of the groups that a key is in, directly or through `member_groups`, in the order of the groups. */
export function groupsWith(key: string, groups: readonly AclGroup[]): readonly string[] {
  const holders = new Map<string, AclGroup[]>();
  for (const group of groups) {
    for (const { value } of group.memberGroups) {
      const known = holders.get(value);
      if (known) known.push(group);
      else holders.set(value, [group]);
    }
  }
  const found = new Set<AclGroup>();
  const waiting = groups.filter(({ users }) => users.some(({ value }) => value === key));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    for (const holder of holders.get(next.name?.value ?? "") ?? []) waiting.push(holder);
  }
  return groups.flatMap((group) => (found.has(group) && group.name ? [group.name.value] : []));
}

/** The groups of these names and, through `member_groups`, all whose members are members of them. */
function reachable(named: ReadonlyMap<string, AclGroup>, from: readonly Located<string>[]): ReadonlySet<AclGroup> {
  const reached = new Set<AclGroup>();
  const waiting = [...from];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const group = named.get(next.value);
    if (group === undefined || reached.has(group)) continue;
    reached.add(group);
    for (const member of group.memberGroups) waiting.push(member);
  }
  return reached;
}

/** Every entry that makes a group a member of itself; depth first on a stack of our own, for chains can be long. */
export function circles(groups: readonly AclGroup[]): readonly Circle[] {
  const named = byName(groups);
  const done = new Set<string>();
  const found: Circle[] = [];
  for (const start of named.keys()) if (!done.has(start)) descend(start, named, done, found);
  return found;
}

function descend(start: string, named: ReadonlyMap<string, AclGroup>, done: Set<string>, found: Circle[]): void {
  const way = [{ name: start, tried: 0 }];
  const onTheWay = new Set([start]);
  for (let here = way.at(-1); here !== undefined; here = way.at(-1)) {
    const member = named.get(here.name)?.memberGroups[here.tried++];
    if (member === undefined) {
      way.pop();
      onTheWay.delete(here.name);
      done.add(here.name);
    } else if (onTheWay.has(member.value)) {
      const names = way.map(({ name }) => name);
      found.push({ names: [...names.slice(names.indexOf(member.value)), member.value], closedBy: member });
    } else if (named.has(member.value) && !done.has(member.value)) {
      way.push({ name: member.value, tried: 0 });
      onTheWay.add(member.value);
    }
  }
}
