import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { AccessInForce } from "../../../src/rpc/acl/in-force.js";
import type { AccessList } from "../../../src/rpc/acl/list.js";
import { loadAccessList } from "../../../src/rpc/acl/load.js";
import type { AclProblem } from "../../../src/rpc/acl/problems.js";
import * as grants from "../../fixtures/acl/broken-grants.js";
import * as groups from "../../fixtures/acl/broken-groups.js";
import { brokenSyntax } from "../../fixtures/acl/broken-syntax.js";
import { K1, K2 } from "../../fixtures/acl/keys.js";

const folder = mkdtempSync(join(tmpdir(), "my-os-acl-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, "acl.toml");

function load(text: string) {
  writeFileSync(file, text, { mode: 0o600 });
  return loadAccessList(file);
}

const guarded = load(
  `[[group]]\nname = "g"\nusers = ["${K1}"]\n[[ace]]\nright = "write"\ngroups = ["g"]\n[policy]\nanonymous_local = "none"\n`,
);

/** What is wrong with a text; asserted on the way: no list comes of it, and the list in force stays as it was. */
function problemsOf(text: string): readonly AclProblem[] {
  if (!guarded.ok) throw new Error("the list in force is good");
  const judged = load(text);
  expect(Object.keys(judged).sort()).toEqual(["ok", "problems"]);
  const inForce = new AccessInForce(guarded.value, () => judged);
  const problems = inForce.reload();
  expect(inForce.list).toBe(guarded.value);
  expect(rightsIn(inForce.list)).toEqual(["none", "none", "write", "none"]);
  return problems;
}

const rightsIn = (list: AccessList) => [
  list.rightOf({ remote: false }),
  list.rightOf({ remote: true }),
  list.rightOf({ key: K1, remote: true }),
  list.rightOf({ key: K2, remote: false }),
];

describe("a file that is no TOML is refused, and the line is told", () => {
  it.each(brokenSyntax)("%s", (_title, text, line) => {
    const [problem, ...others] = problemsOf(text);
    expect(problem).toMatchObject({ path: "", line, reason: expect.stringMatching(/^is not valid TOML: ./) });
    expect(others).toEqual([]);
  });
});

const semantic = {
  "a file with a strange table or key": groups.brokenTables,
  "a file with a wrong group": groups.brokenGroups,
  "a file with a wrong key": groups.brokenKeys,
  "a file with a wrong ace": grants.brokenAces,
  "a file with a wrong policy": grants.brokenPolicies,
  "a file with a wrong token": grants.brokenTokens,
  "a file with a wrong certificate": grants.brokenCertificates,
};

describe.each(Object.entries(semantic))("%s is refused, and place, reason and nearest word are told", (_what, rows) => {
  const named = rows.map(([title, text, line, path, reason, nearest]) => ({
    title,
    text,
    line,
    path,
    reason,
    nearest,
  }));

  it.each(named)("$title", ({ text, line, path, reason, nearest }) => {
    const told = problemsOf(text).map((problem) => ({ nearest: undefined, ...problem }));
    expect(told).toContainEqual({
      path,
      line,
      column: expect.any(Number),
      reason: expect.stringContaining(reason),
      nearest,
    });
  });
});

it("there are more than a hundred broken files", () => {
  const all = [...brokenSyntax, ...Object.values(semantic).flat()].map(([, text]) => text);
  expect(new Set(all).size).toBeGreaterThan(190);
});

it.each(["", "\n\n", "# only a comment\n", "\ufeff"])("a file that says nothing, %j, is refused", (text) => {
  expect(problemsOf(text)).toEqual([{ path: "", reason: expect.stringContaining("says nothing") }]);
});

it("a token put where its digest belongs is not repeated in the message", () => {
  const problems = problemsOf(`[[token]]\nsha256 = "mos_geheim"\nuser = "${K1}"\nexpires = 2027-01-31T00:00:00Z\n`);
  expect(JSON.stringify(problems)).not.toContain("geheim");
});

it("all that is wrong is told at once, in the file's order", () => {
  const problems = problemsOf(
    [
      '[[ace]]\nright = "admn"\ngroups = ["nobody"]', // lines 1 to 3
      '[[group]]\nname = "a"\nusers = ["xyz", 1]\nmember_groups = ["a"]', // lines 4 to 7
      '[policy]\nanonymous_local = "x"\ntrusted_uids = [65534]\nmore = 1', // lines 8 to 11
      "[[token]]", // line 12
    ].join("\n"),
  );
  expect(problems.map(({ line, path }) => `${line} ${path}`)).toEqual([
    "2 ace[0].right",
    "3 ace[0].groups[0]",
    "6 group[0].users[0]",
    "6 group[0].users[1]",
    "7 group[0].member_groups[0]",
    "9 policy.anonymous_local",
    "10 policy.trusted_uids[0]",
    "11 policy.more",
    "12 token[0]",
    "12 token[0]",
    "12 token[0]",
  ]);
});

it("what is wrong in a text whose places are not found is told without a line", () => {
  const [dated, problem] = problemsOf(`[policy]\nanonymous_local = "x"\nday = 2027-02-30\n`);
  expect(dated).toMatchObject({ line: 3, reason: expect.stringContaining("no calendar") });
  expect(problem).toEqual({ path: "policy.day", reason: expect.stringContaining("there is no such key here") });
});
