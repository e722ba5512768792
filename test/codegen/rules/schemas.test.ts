import { describe, expect, it } from "vitest";
import { houseRules } from "../../../codegen/house-rules.js";
import { at, type Case, described, describeRules, object, THING, THINGS } from "../rule-cases.js";
import { type Edit, smallSpec } from "../small-spec.js";

const schemaCases: readonly Case[] = [
  [
    "nothing beside `$ref`",
    [[`${THING}/properties/name/description`, "Words."]],
    at("name"),
    "`description` beside `$ref` is ignored by draft 7; wrap the reference in `allOf`",
  ],
  [
    "draft-07 keywords only",
    [[`${THING}/properties/marks/prefixItems`, []]],
    at("marks"),
    "`prefixItems` is no draft-07 keyword or mark that we use",
  ],
  [
    "closed objects",
    [[`${THING}/additionalProperties`, undefined]],
    "components.schemas.Thing",
    "is an open object: close it with `additionalProperties: false` or say why in `x-open`",
  ],
  [
    "closed objects that do not call themselves open",
    [[`${THING}/x-open`, "it is not"]],
    "components.schemas.Thing",
    "is closed, so `x-open` is wrong",
  ],
  [
    "properties on objects only",
    [
      [
        `${THING}/properties/z`,
        { type: "boolean", properties: { a: { type: "boolean", ...described } }, ...described },
      ],
    ],
    at("z"),
    "has `properties` but is no `object`",
  ],
  [
    "bounded strings",
    [["components/schemas/Name/maxLength", undefined]],
    "components.schemas.Name",
    "is a string without `maxLength`",
  ],
  [
    "bounded strings in parameters",
    [[`${THINGS}/params/-`, { name: "z", ...described, schema: { type: "string" } }]],
    "net.things params.z",
    "is a string without `maxLength`",
  ],
  [
    "bounded strings in results",
    [["methods/3/result/schema/items", { type: "string" }]],
    "vol.list_boxes result.items",
    "is a string without `maxLength`",
  ],
  [
    "bounded arrays",
    [[`${THING}/properties/marks/maxItems`, undefined]],
    at("marks"),
    "is an array without `maxItems`",
  ],
  [
    "arrays of something",
    [[`${THING}/properties/marks/items`, undefined]],
    at("marks"),
    "is an array without one schema for its `items`",
  ],
  [
    "bounded integers",
    [["components/schemas/Bytes/maximum", undefined]],
    "components.schemas.Bytes",
    "is a number without `minimum` and `maximum`",
  ],
  [
    "bounded numbers",
    [[`${THING}/properties/z`, { type: "number", minimum: 0, ...described }]],
    at("z"),
    "is a number without `minimum` and `maximum`",
  ],
  [
    "required properties that are defined",
    [[`${THING}/properties/z`, { ...object, required: ["a"] }]],
    at("z"),
    "requires `a`, which it does not define",
  ],
  [
    "patterns that compile",
    [["components/schemas/Name/pattern", "["]],
    "components.schemas.Name",
    "has a `pattern` that is no Unicode regular expression",
  ],
  ["types", [[`${THING}/properties/z`, described]], at("z"), "has no `type`"],
  [
    "deep objects as components",
    [[`${THING}/properties/z`, { ...object, properties: { y: object } }]],
    `${at("z")}.properties.y`,
    "is an object inside an inline object: give it a component of its own",
  ],
  [
    "64-bit marks on integers",
    [[`${THING}/properties/z`, { type: "boolean", "x-uint64": true, ...described }]],
    at("z"),
    "`x-uint64` is true, on integers only",
  ],
  [
    "snake_case properties",
    [[`${THING}/properties/sizeBytes`, { type: "boolean", ...described }]],
    at("sizeBytes"),
    "the name is not snake_case",
  ],
  [
    "described properties",
    [[`${THING}/properties/size_bytes/description`, undefined]],
    at("size_bytes"),
    "has no `description`",
  ],
];

describeRules("schemas have", schemaCases);

describe("schemas", () => {
  it("refuse properties that every object has already: an absent one would look present", () => {
    const property: Edit = [`${THING}/properties/constructor`, { type: "boolean", ...described }];
    expect(houseRules(smallSpec(property))).toContainEqual({
      where: at("constructor"),
      sentence: "every object has a member of this name already",
    });
  });

  it("ask conditions for no words of their own", () => {
    const condition: Edit = [`${THING}/anyOf`, [{ required: ["name"] }, { properties: { marks: { maxItems: 0 } } }]];
    expect(houseRules(smallSpec(condition))).toEqual([]);
  });
});
