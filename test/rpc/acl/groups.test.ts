import { describe, expect, it } from "vitest";
import type { Right } from "../../../generated/methods.gen.js";
import type { AclAce, AclGroup } from "../../../src/rpc/acl/document.js";
import { circles, rightsOfKeys } from "../../../src/rpc/acl/groups.js";
import { type Located, pathText } from "../../../src/rpc/acl/problems.js";
import { Random, seeds } from "../../world/random.js";

const located = <T>(value: T, ...path: (string | number)[]): Located<T> => ({ value, path });

const groupOf = (index: number, name: string, users: readonly string[], members: readonly string[]): AclGroup => ({
  path: ["group", index],
  name: located(name),
  users: users.map((user) => located(user)),
  memberGroups: members.map((member, place) => located(member, "group", index, "member_groups", place)),
});

const aceOf = (right: Right, ...groups: readonly string[]): AclAce => ({
  right,
  groups: groups.map((name) => located(name)),
});

/** The definition, word for word: in a group is who is listed, or who is in one of its member groups. */
function isIn(key: string, name: string, groups: readonly AclGroup[], asked: readonly string[] = []): boolean {
  if (asked.includes(name)) return false;
  const group = groups.find((candidate) => candidate.name?.value === name);
  if (!group) return false;
  if (group.users.some(({ value }) => value === key)) return true;
  return group.memberGroups.some(({ value }) => isIn(key, value, groups, [...asked, name]));
}

function naiveRight(key: string, groups: readonly AclGroup[], aces: readonly AclAce[]): Right | undefined {
  const has = (right: Right) =>
    aces.some((ace) => ace.right === right && ace.groups.some(({ value }) => isIn(key, value, groups)));
  return (["admin", "write", "read"] as const).find(has);
}

/** Whether some group is, through its member groups, a member of itself. */
function isCircular(groups: readonly AclGroup[]): boolean {
  const membersOf = (name: string) =>
    groups
      .filter((group) => group.name?.value === name)
      .flatMap((group) => group.memberGroups.map(({ value }) => value));
  return groups.some(({ name }) => {
    const reached = new Set<string>();
    let edge = membersOf(name?.value ?? "");
    while (edge.length > 0) {
      for (const member of edge) reached.add(member);
      edge = edge.flatMap(membersOf).filter((member) => !reached.has(member));
    }
    return reached.has(name?.value ?? "");
  });
}

const keys = ["k0", "k1", "k2", "k3", "k4", "k5"];

function randomWorld(random: Random): { groups: AclGroup[]; aces: AclAce[] } {
  const count = random.between(1, 7);
  const names = Array.from({ length: count }, (_, index) => `g${index}`);
  const some = (from: readonly string[], chance: number) => from.filter(() => random.chance(chance));
  const density = random.pick([0.05, 0.15, 0.4]);
  const groups = names.map((name, index) => groupOf(index, name, some(keys, 0.2), some(names, density)));
  const aces = Array.from({ length: random.below(5) }, () =>
    aceOf(random.pick(["read", "write", "admin"] as const), ...some(names, 0.3)),
  );
  return { groups, aces };
}

describe.each(seeds(10))("on random lists of seed %d", (seed) => {
  const random = new Random(seed);
  const worlds = Array.from({ length: 500 }, () => randomWorld(random));

  it("every key has the right that the definition gives it, circles or not", () => {
    for (const { groups, aces } of worlds) {
      const granted = rightsOfKeys(groups, aces);
      for (const key of keys)
        expect(granted.get(key), JSON.stringify({ groups, aces })).toBe(naiveRight(key, groups, aces));
    }
  });

  it("a circle is found exactly where there is one, and every step of it exists", () => {
    let circular = 0;
    for (const { groups } of worlds) {
      const found = circles(groups);
      expect(found.length > 0, JSON.stringify(groups)).toBe(isCircular(groups));
      for (const { names } of found) {
        expect(names.at(0)).toBe(names.at(-1));
        for (const [index, name] of names.slice(0, -1).entries())
          expect(groups.find((group) => group.name?.value === name)?.memberGroups.map(({ value }) => value)).toContain(
            names[index + 1],
          );
      }
      circular += Math.min(1, found.length);
    }
    // Both kinds occur, or the comparison says nothing.
    expect(circular).toBeGreaterThan(50);
    expect(circular).toBeLessThan(450);
  });
});

it("a chain of 20,000 groups is followed to its end, and closed is one circle", () => {
  const length = 20_000;
  const chain = (last: readonly string[]) =>
    Array.from({ length }, (_, index) =>
      groupOf(index, `g${index}`, index === length - 1 ? ["k"] : [], index === length - 1 ? last : [`g${index + 1}`]),
    );
  expect(rightsOfKeys(chain([]), [aceOf("admin", "g0")])).toEqual(new Map([["k", "admin"]]));
  expect(circles(chain([]))).toEqual([]);
  const [circle, ...others] = circles(chain(["g0"]));
  expect(circle?.names.length).toBe(length + 1);
  expect(pathText(circle?.closedBy.path ?? [])).toBe("group[19999].member_groups[0]");
  expect(others).toEqual([]);
});
