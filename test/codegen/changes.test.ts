import { describe, expect, it } from "vitest";
import { interfaceChanges } from "../../codegen/changes.js";
import { emitChanges } from "../../codegen/emit/changes.js";
import { compareVersions, interfaceOf, recordText } from "../../codegen/records.js";
import type { Spec } from "../../codegen/spec.js";
import { type Edit, smallSpec } from "./small-spec.js";

const THINGS = "methods/1";
const ADD = "methods/2";
const BOXES = "methods/3";
const SCHEMAS = "components/schemas";
const MARKS = `${SCHEMAS}/Thing/properties/marks`;
const flag = { name: "z", description: "Words.", schema: { type: "boolean" } };

type Case = readonly [change: string, after: readonly Edit[], expected: readonly string[], before?: readonly Edit[]];

const lines = (after: readonly Edit[], before: readonly Edit[] = []): string[] =>
  interfaceChanges(smallSpec(...before), smallSpec(...before, ...after)).map(
    ({ where, sentence, isBreaking }) => `${isBreaking ? "breaking " : ""}${where}: ${sentence}`,
  );

const cases: readonly Case[] = [
  [
    "a new method",
    [["methods/-", { ...smallSpec().methods[3], name: "vol.crates", "x-right": "write", "x-mos-only": true }]],
    ["vol.crates: new method, with the right `write`, on MOS nodes only"],
  ],
  [
    "a new method that can destroy data",
    [["methods/-", { ...smallSpec().methods[3], name: "vol.burn", "x-right": "admin", "x-destructive": true }]],
    ["vol.burn: new method, with the right `admin`, which can destroy data"],
  ],
  ["a method that is gone", [[BOXES, undefined]], ["breaking vol.list_boxes: the method is gone"]],
  ["a method that is deprecated", [[`${BOXES}/deprecated`, true]], ["vol.list_boxes: it is deprecated"]],
  [
    "a right that is lowered",
    [[`${ADD}/x-right`, "read"]],
    ["net.things.add: it needs only the right `read` instead of `write`"],
  ],
  [
    "a right that is raised",
    [[`${THINGS}/x-right`, "admin"]],
    ["breaking net.things: it needs the right `admin` instead of `read`"],
  ],
  [
    "a method that comes to every node",
    [[`${THINGS}/x-mos-only`, undefined]],
    ["net.things: it is answered on every node"],
    [[`${THINGS}/x-mos-only`, true]],
  ],
  ["what destroys", [[`${ADD}/x-destructive`, true]], ["net.things.add: it counts as what can destroy data"]],
  ["another deadline", [[`${ADD}/x-deadline-ms`, 9000]], ["net.things.add: its deadline is 9 s instead of 5 s"]],
  ["a new parameter", [[`${THINGS}/params/-`, flag]], ["net.things: new parameter `z`"]],
  [
    "a new parameter that is required",
    [[`${THINGS}/params/-`, { ...flag, required: true }]],
    ["breaking net.things: the new parameter `z` is required"],
  ],
  [
    "a parameter that may be left out",
    [[`${ADD}/params/0/required`, undefined]],
    ["net.things.add: the parameter `name` may be left out"],
  ],
  [
    "a parameter that is deprecated",
    [[`${THINGS}/params/0/deprecated`, true]],
    ["net.things: the parameter `color` is deprecated"],
  ],
  [
    "a parameter of more types",
    [[`${THINGS}/params/1/schema/type`, ["integer", "null"]]],
    ["net.things: the parameter `limit`: null is taken too"],
  ],
  [
    "a parameter of another type",
    [[`${THINGS}/params/1/schema/type`, "boolean"]],
    ["breaking net.things: the parameter `limit`: the type is boolean instead of integer"],
  ],
  [
    "new and lost values",
    [[`${THINGS}/params/0/schema/enum`, ["red", "green"]]],
    [
      'breaking net.things: the parameter `color`: the value "blue" is gone',
      'net.things: the parameter `color`: new value "green"',
    ],
  ],
  [
    "wider bounds",
    [
      [`${THINGS}/params/1/schema/minimum`, 0],
      [`${THINGS}/params/1/schema/maximum`, undefined],
    ],
    ["net.things: the parameter `limit`: `minimum` is 0", "net.things: the parameter `limit`: `maximum` is gone"],
  ],
  [
    "a pattern that is gone, behind a reference",
    [[`${SCHEMAS}/Name/pattern`, undefined]],
    ["net.things.add: the parameter `name`: the pattern is gone"],
  ],
  [
    "a new result field",
    [[`${SCHEMAS}/Thing/properties/z`, { type: "boolean" }]],
    ["net.things: result[].z: new field", "net.things.add: result.thing.z: new field"],
  ],
  [
    "a result field that is always there",
    [[`${SCHEMAS}/Thing/required`, ["name", "marks", "size_bytes"]]],
    [
      "net.things: result[].size_bytes: the field is always there",
      "net.things.add: result.thing.size_bytes: the field is always there",
    ],
  ],
  [
    "a new value in a result",
    [[`${MARKS}/items/enum`, ["old", "new", "torn"]]],
    ['net.things: result[].marks[]: new value "torn"', 'net.things.add: result.thing.marks[]: new value "torn"'],
  ],
  [
    "a result of fewer types",
    [[`${SCHEMAS}/ThingWriteResult/properties/changed/type`, "boolean"]],
    ["net.things.add: result.changed: it is never null any more"],
    [[`${SCHEMAS}/ThingWriteResult/properties/changed/type`, ["boolean", "null"]]],
  ],
  [
    "an error that a method may answer",
    [[`${ADD}/errors`, smallSpec().methods[2]?.errors]],
    ["net.things.add: it may answer `not_found`"],
    [[`${ADD}/errors`, []]],
  ],
  ["an error that it no longer answers", [[`${ADD}/errors`, []]], ["net.things.add: it no longer answers `not_found`"]],
  [
    "a new kind of error",
    [["components/errors/TooLate", { code: 1999, message: "Too late." }]],
    ["error TooLate: new kind `too_late`, with the code 1999"],
  ],
  [
    "a kind of error that is gone",
    [["components/errors/NotFound", undefined]],
    ["breaking error NotFound: it is gone"],
  ],
  [
    "a new field of an error",
    [[`${SCHEMAS}/NotFoundErrorData/properties/z`, { type: "boolean" }]],
    ["error NotFound: data.z: new field"],
  ],
  [
    "other words and examples",
    [
      [`${THINGS}/summary`, "Other."],
      [`${THINGS}/examples`, []],
      [`${SCHEMAS}/Thing/description`, "Other."],
    ],
    [],
  ],
];

describe("the differences between two interfaces", () => {
  for (const [change, after, expected, before] of cases) {
    it(`tell of ${change}`, () => expect(lines(after, before)).toEqual(expected));
  }

  it("are told of nothing where a record stands for its specification", () => {
    const spec = smallSpec();
    expect(interfaceChanges(JSON.parse(recordText(spec)), spec)).toEqual([]);
    expect(recordText(JSON.parse(recordText(spec)))).toBe(recordText(spec));
    expect(JSON.stringify(interfaceOf(spec))).not.toMatch(/"(description|summary|examples)":/);
  });

  it("tell of fields that have the names of words", () => {
    const spec = smallSpec([`${SCHEMAS}/Thing/properties/description`, { type: "string", description: "Words." }]);
    expect(interfaceOf(spec).components.schemas.Thing?.properties?.description).toEqual({ type: "string" });
  });
});

describe("the page of changes", () => {
  const version = (text: string): Edit => ["info/version", text];
  const record = (...edits: readonly Edit[]): Spec => JSON.parse(recordText(smallSpec(...edits)));
  const headings = (text: string): string[] => text.match(/^## .*$/gm) ?? [];

  it("has a section for each recorded version, newest first, and one for what is not released", () => {
    const records = [record(version("1.0.0")), record(version("1.1.0"), [`${THINGS}/params/-`, flag])];
    const { path, text } = emitChanges(smallSpec(version("2.0.0"), [BOXES, undefined]), records);
    expect(path).toBe("reference/changes.md");
    expect(headings(text)).toEqual(["## 2.0.0 (not released), since 1.1.0", "## 1.1.0, since 1.0.0", "## 1.0.0"]);
    const [, newest = "", middle = "", oldest = ""] = text.split(/^## .*$/m);
    expect(newest).toContain("**Breaking**\n\n");
    expect(newest).toContain("- [`net.things`](net.things.md#net-things): the parameter `z` is gone\n");
    expect(newest).toContain("- `vol.list_boxes`: the method is gone\n");
    expect(middle).toBe("\n\n**Not breaking**\n\n- [`net.things`](net.things.md#net-things): new parameter `z`\n\n");
    expect(oldest).toContain("4 methods and");
  });

  it("says once what many methods share", () => {
    const { text } = emitChanges(smallSpec([`${ADD}/x-right`, "read"], [`${THINGS}/x-right`, "write"]), [record()]);
    expect(text).toContain("**Breaking**");
    const shared = emitChanges(smallSpec([`${ADD}/deprecated`, true], [`${THINGS}/deprecated`, true]), [record()]).text;
    expect(shared).toContain(
      "- [`net.things`](net.things.md#net-things), [`net.things.add`](net.things.md#net-things-add): it is deprecated\n",
    );
  });

  it("has no section of its own for a specification that is recorded", () => {
    expect(headings(emitChanges(smallSpec(version("1.0.0")), [record(version("1.0.0"))]).text)).toEqual(["## 1.0.0"]);
  });

  it("orders versions, drafts before their release", () => {
    const versions = ["0.1.0", "0.10.0", "0.1.0-draft", "0.2.0", "1.0.0-rc2", "1.0.0-rc1", "1.0.0"];
    expect(versions.toSorted(compareVersions)).toEqual(
      "0.1.0-draft 0.1.0 0.2.0 0.10.0 1.0.0-rc1 1.0.0-rc2 1.0.0".split(" "),
    );
  });
});
