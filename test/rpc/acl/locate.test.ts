import { parseTOML } from "toml-eslint-parser";
import { describe, expect, it } from "vitest";
import { placesIn } from "../../../src/rpc/acl/locate.js";
import { tablesOf } from "../../../src/rpc/acl/syntax.js";
import { brokenSyntax } from "../../fixtures/acl/broken-syntax.js";

const text = `# a list
group = [{ name = "a", users = [
  "x",
  "y" ] }]

[[ace]]
right = "read"
[[ace]]
"right" = 'admin'
groups = ["a"]

[policy]
trusted_uids = [1, 2,
  3]
more.a.b = { c = [ { d = 1 } ] }
`;

describe("the place of a value", () => {
  it.each([
    [["group"], 2, 1],
    [["group", 0], 2, 10],
    [["group", 0, "name"], 2, 12],
    [["group", 0, "users", 0], 3, 3],
    [["group", 0, "users", 1], 4, 3],
    [["ace", 0], 6, 1],
    [["ace", 0, "right"], 7, 1],
    [["ace", 1], 8, 1],
    [["ace", 1, "right"], 9, 1],
    [["policy"], 12, 1],
    [["policy", "trusted_uids", 2], 14, 3],
    [["policy", "more", "a"], 15, 1],
    [["policy", "more", "a", "b", "c", 0, "d"], 15, 22],
  ])("%j", (path, line, column) => {
    expect(placesIn(text).positionOf(path)).toEqual({ line, column });
  });

  it("that is not there is that of what is around it", () => {
    expect(placesIn(text).positionOf(["ace", 1, "groups", 7])).toEqual({ line: 10, column: 1 });
    expect(placesIn(text).positionOf(["token", 0])).toBeUndefined();
    expect(placesIn(text).positionOf([])).toBeUndefined();
  });
});

/** Whether the parser of places takes a text. */
function isRead(candidate: string): boolean {
  try {
    parseTOML(candidate);
    return true;
  } catch {
    return false;
  }
}

describe("the parser of places and the parser of values", () => {
  // Depth is a limit of ours, and no rule of TOML.
  it.each(brokenSyntax.filter(([title]) => !title.includes("deeper")))("both refuse: %s", (_title, broken) => {
    expect(isRead(broken)).toBe(false);
    expect(placesIn(broken).positionOf(["group"])).toBeUndefined();
  });

  it.each([
    ["an empty text", ""],
    ["the features of TOML 1.0", text],
    ["dotted keys and literal strings", "a.b.c = 1\n'd e' = '''f\ng'''\n[h.\"i\"]\nj = 0b11\n"],
    ["lines ended as on Windows", '[[group]]\r\nname = "a"\r\n'],
    ["dates of all kinds", "a = [2027-01-31T00:00:00Z, 2027-01-31T00:00:00+01:00, 2027-01-31, 00:00:00]\n"],
    ["a table after its parts", "[a.b]\nc = 1\n[a]\nd = 2\n"],
  ])("both read %s", (_title, good) => {
    expect(isRead(good)).toBe(true);
    expect("table" in tablesOf(good)).toBe(true);
  });

  it.each(["2027-02-29", "2027-02-30T00:00:00Z", "2027-06-31T00:00:00+02:00"])(
    "differ on %s, which the parser of places finds impossible",
    (day) => {
      const dated = `\nexpires = ${day}\n`;
      expect("table" in tablesOf(dated)).toBe(true);
      expect(placesIn(dated).impossibleDate).toMatchObject({ line: 2 });
    },
  );
});
