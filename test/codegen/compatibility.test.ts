import { describe, expect, it } from "vitest";
import { breakingChanges, bumpOf, refusedChanges } from "../../codegen/compatibility.js";
import { type Edit, smallSpec } from "./small-spec.js";

const THINGS = "methods/1";
const ADD = "methods/2";
const SCHEMAS = "components/schemas";
const flag = { name: "z", description: "Words.", schema: { type: "boolean" } };
const optional = { type: "boolean", description: "Words." };

/** `where: sentence` of everything that the edits break. */
const broken = (after: readonly Edit[], before: readonly Edit[] = []): string[] =>
  breakingChanges(smallSpec(...before), smallSpec(...before, ...after)).map(
    ({ where, sentence }) => `${where}: ${sentence}`,
  );

type Case = readonly [change: string, after: readonly Edit[], expected: readonly string[], before?: readonly Edit[]];

const breaking: readonly Case[] = [
  ["a method that is gone", [["methods/3", undefined]], ["vol.list_boxes: the method is gone"]],
  [
    "a right that is raised",
    [[`${THINGS}/x-right`, "write"]],
    ["net.things: it needs the right `write` instead of `read`"],
  ],
  [
    "a method that leaves native nodes",
    [[`${THINGS}/x-mos-only`, true]],
    ["net.things: it is answered on MOS nodes only"],
  ],
  [
    "another structure of parameters",
    [[`${THINGS}/paramStructure`, "by-name"]],
    ["net.things: it takes parameters in another structure"],
  ],
  ["a parameter that is gone", [[`${THINGS}/params/0`, undefined]], ["net.things: the parameter `color` is gone"]],
  [
    "a new required parameter",
    [[`${THINGS}/params/-`, { ...flag, required: true }]],
    ["net.things: the new parameter `z` is required"],
  ],
  [
    "a parameter that becomes required",
    [[`${THINGS}/params/0/required`, true]],
    ["net.things: the parameter `color` became required"],
  ],
  [
    "parameters in another order",
    [[`${THINGS}/params`, [...(smallSpec().methods[1]?.params ?? [])].reverse()]],
    ["net.things: the parameters stand in another order"],
  ],
  [
    "a new parameter before the others",
    [[`${THINGS}/params`, [flag, ...(smallSpec().methods[1]?.params ?? [])]]],
    ["net.things: the parameters stand in another order"],
  ],
  [
    "a parameter of another type",
    [[`${THINGS}/params/1/schema`, { type: "string", maxLength: 3, default: 10 }]],
    [
      "net.things: the parameter `limit`: the type is string instead of integer",
      "net.things: the parameter `limit`: `maxLength` fell to 3",
    ],
  ],
  [
    "a value that is no longer taken",
    [[`${THINGS}/params/0/schema/enum`, ["red"]]],
    ['net.things: the parameter `color`: the value "blue" is gone'],
  ],
  [
    "a list of values where any was taken",
    [[`${SCHEMAS}/Name/enum`, ["a"]]],
    ["net.things.add: the parameter `name`: only listed values are taken now"],
  ],
  [
    "a lower bound that rises",
    [[`${THINGS}/params/1/schema/minimum`, 2]],
    ["net.things: the parameter `limit`: `minimum` rose to 2"],
  ],
  [
    "an upper bound that falls",
    [[`${THINGS}/params/1/schema/maximum`, 99]],
    ["net.things: the parameter `limit`: `maximum` fell to 99"],
  ],
  [
    "a shorter text, behind a reference",
    [[`${SCHEMAS}/Name/maxLength`, 14]],
    ["net.things.add: the parameter `name`: `maxLength` fell to 14"],
  ],
  [
    "a longer least text",
    [[`${SCHEMAS}/Name/minLength`, 2]],
    ["net.things.add: the parameter `name`: `minLength` rose to 2"],
  ],
  [
    "another pattern",
    [[`${SCHEMAS}/Name/pattern`, "^a$"]],
    ["net.things.add: the parameter `name`: the pattern changed"],
  ],
  [
    "fewer items",
    [[`${ADD}/params/2/schema/maxItems`, 3]],
    ["net.things.add: the parameter `marks`: `maxItems` fell to 3"],
  ],
  [
    "narrower items",
    [[`${ADD}/params/2/schema/items/maxLength`, 7]],
    ["net.things.add: the parameter `marks`[]: `maxLength` fell to 7"],
  ],
  [
    "items that must be unique",
    [[`${ADD}/params/2/schema/uniqueItems`, true]],
    ["net.things.add: the parameter `marks`: the items must be unique now"],
    [[`${ADD}/params/2/schema/uniqueItems`, undefined]],
  ],
  [
    "another default",
    [[`${THINGS}/params/1/schema/default`, 11]],
    ["net.things: the parameter `limit`: the default is 11 instead of 10"],
  ],
  [
    "a 64-bit parameter that is one no more",
    [[`${SCHEMAS}/Bytes/x-uint64`, undefined]],
    ["net.things.add: the parameter `size_bytes`: the value can no longer be any 64-bit integer"],
  ],
  [
    "a result field that is gone",
    [[`${SCHEMAS}/Thing/properties/size_bytes`, undefined]],
    [
      "net.things: result[].size_bytes: the field is gone",
      "net.things.add: result.thing.size_bytes: the field is gone",
    ],
  ],
  [
    "a result field that may be absent",
    [[`${SCHEMAS}/Thing/required`, ["name"]]],
    [
      "net.things: result[].marks: the field may be absent now",
      "net.things.add: result.thing.marks: the field may be absent now",
    ],
  ],
  [
    "a result field of another type",
    [[`${SCHEMAS}/ThingWriteResult/properties/changed/type`, "string"]],
    ["net.things.add: result.changed: the type is string instead of boolean"],
  ],
  [
    "a result field that may be null",
    [[`${SCHEMAS}/ThingWriteResult/properties/changed/type`, ["boolean", "null"]]],
    ["net.things.add: result.changed: the type is boolean or null instead of boolean"],
  ],
  [
    "a result that exceeds safe integers",
    [[`${SCHEMAS}/Bytes/x-uint64`, true]],
    [
      "net.things: result[].size_bytes: the value may now exceed a safe integer",
      "net.things.add: result.thing.size_bytes: the value may now exceed a safe integer",
    ],
    [[`${SCHEMAS}/Bytes/x-uint64`, undefined]],
  ],
  [
    "a constant that changes",
    [[`${SCHEMAS}/Health/properties/status/const`, "up"]],
    ['rpc.health: result.status: the value is no longer "ok"'],
  ],
  [
    "a combination that changes",
    [[`${SCHEMAS}/Thing/anyOf`, [{ required: ["name"] }]]],
    ["net.things: result[]: `anyOf` changed", "net.things.add: result.thing: `anyOf` changed"],
  ],
  ["an error that is gone", [["components/errors/NotFound", undefined]], ["error NotFound: it is gone"]],
  [
    "an error's other code",
    [["components/errors/NotFound/code", 1]],
    ["error NotFound: its code is 1 instead of 1004"],
  ],
  [
    "an error's data that shrinks",
    [[`${SCHEMAS}/NotFoundErrorData/properties/name`, undefined]],
    ["error NotFound: data.name: the field is gone"],
  ],
];

const harmless: readonly (readonly [change: string, after: readonly Edit[]])[] = [
  ["nothing", []],
  ["a new method", [["methods/-", { ...smallSpec().methods[3], name: "vol.boxes" }]]],
  ["a new optional parameter at the end", [[`${THINGS}/params/-`, flag]]],
  ["a right that is lowered", [[`${ADD}/x-right`, "read"]]],
  ["a new value in a parameter", [[`${THINGS}/params/0/schema/enum`, ["red", "blue", "green"]]]],
  [
    "wider bounds",
    [
      [`${THINGS}/params/1/schema/maximum`, 200],
      [`${THINGS}/params/1/schema/minimum`, 0],
    ],
  ],
  ["a new result field", [[`${SCHEMAS}/Thing/properties/z`, optional]]],
  ["a new value in a result", [[`${SCHEMAS}/Thing/properties/marks/items/enum`, ["old", "new", "torn"]]]],
  ["narrower results", [[`${SCHEMAS}/Thing/properties/marks/maxItems`, 1]]],
  [
    "a component under another name",
    [
      [`${SCHEMAS}/Label`, smallSpec().components.schemas.Name],
      [`${ADD}/params/0/schema/$ref`, "#/components/schemas/Label"],
    ],
  ],
  [
    "other words",
    [
      [`${SCHEMAS}/Thing/description`, "Other."],
      [`${THINGS}/summary`, "Other."],
    ],
  ],
];

describe("compatibility", () => {
  for (const [change, after, expected, before] of breaking) {
    it(`is broken by ${change}`, () => expect(broken(after, before)).toEqual(expected));
  }

  for (const [change, after] of harmless) {
    it(`is kept by ${change}`, () => expect(broken(after)).toEqual([]));
  }

  const gone: Edit = ["methods/3", undefined];
  const version = (text: string): Edit => ["info/version", text];

  it.each<readonly [string, readonly Edit[], readonly Edit[], number]>([
    ["refuses a break in a patch", [], [gone, version("1.4.3")], 1],
    ["refuses a break without a new version", [], [gone], 1],
    ["refuses a break in a minor version", [], [gone, version("1.5.0")], 1],
    ["allows a break in a major version", [], [gone, version("2.0.0")], 0],
    [
      "allows a deprecated method to go in a minor version",
      [["methods/3/deprecated", true]],
      [gone, version("1.5.0")],
      0,
    ],
    ["refuses a deprecated method to go in a patch", [["methods/3/deprecated", true]], [gone, version("1.4.3")], 1],
    [
      "allows a deprecated parameter to go in a minor version",
      [[`${THINGS}/params/0/deprecated`, true]],
      [[`${THINGS}/params/0`, undefined], version("1.5.0")],
      0,
    ],
    ["refuses a method that was deprecated and removed at once", [], [gone, version("1.5.0")], 1],
    ["allows a break in a minor version before 1.0", [version("0.1.0")], [gone, version("0.2.0")], 0],
    ["refuses a break in a patch before 1.0", [version("0.1.0")], [gone, version("0.1.1")], 1],
    ["refuses a break in an older version", [], [gone, version("1.3.0")], 1],
  ])("%s", (_, before, after, refusals) => {
    const old = smallSpec(...before);
    expect(refusedChanges(old, smallSpec(...before, ...after))).toHaveLength(refusals);
  });

  it.each([
    ["1.4.2", "1.4.2", "none"],
    ["1.4.2", "1.4.3", "patch"],
    ["1.4.2", "1.10.0", "minor"],
    ["1.4.2", "2.0.0", "major"],
    ["1.4.2", "1.3.9", "none"],
  ])("reads %s → %s as %s", (before, after, bump) => {
    expect(bumpOf(before, after)).toBe(bump);
  });
});
