import { describe, expect, it } from "vitest";
import { houseRules } from "../../../codegen/house-rules.js";
import { ADD, type Case, describeRules, object, THING, THINGS } from "../rule-cases.js";
import { smallSpec } from "../small-spec.js";

const nameCases: readonly Case[] = [
  [
    "method names of lower-case words",
    [["methods/3/name", "vol.listBoxes"]],
    "vol.listBoxes",
    "the name is not lower-case words joined by dots and single underscores",
  ],
  [
    "method names that leave functions alone",
    [["methods/3/name", "vol.boxes.call"]],
    "vol.boxes.call",
    "`call` would clobber a member that every function has in the SDK",
  ],
  [
    "namespaces that can be awaited",
    [["methods/3/name", "vol.then"]],
    "vol.then",
    "`then` would clobber a member that every function has in the SDK",
  ],
  [
    "snake_case parameters",
    [
      [`${THINGS}/params/0/name`, "theColor"],
      [`${THINGS}/examples/0/params`, []],
    ],
    "net.things",
    "the parameter `theColor` is not snake_case",
  ],
  [
    "parameters that no object has already",
    [
      [`${THINGS}/params/0/name`, "constructor"],
      [`${THINGS}/examples/0/params`, []],
    ],
    "net.things",
    "every object has a member `constructor` already",
  ],
  [
    "flags whose negation is free",
    [
      [`${ADD}/params/2/name`, "no_force"],
      [`${ADD}/examples/0/params/1/name`, "no_force"],
    ],
    "net.things.add",
    "the CLI's negation of `force` is another parameter's flag",
  ],
  [
    "components beside the methods' own types",
    [
      ["components/schemas/NetThingsParams", { ...object, title: "NetThingsParams" }],
      [`${THING}/properties/z`, { $ref: "#/components/schemas/NetThingsParams" }],
    ],
    "the parameters of net.things",
    "its type name `NetThingsParams` is also that of components.schemas.NetThingsParams",
  ],
  [
    "components beside the files' own types",
    [
      ["components/schemas/Uint64", { ...object, title: "Uint64" }],
      [`${THING}/properties/z`, { $ref: "#/components/schemas/Uint64" }],
    ],
    "components.schemas.Uint64",
    "its type name `Uint64` is also that of the generated files' own vocabulary",
  ],
];

describeRules("names are", nameCases);

describe("names", () => {
  it("refuse two methods that would share type names and command", () => {
    const violations = houseRules(
      smallSpec(["methods/3/name", "net.things_add"], ["methods/3/tags/0/name", "net.boxes"]),
    );
    expect(violations.map(({ sentence }) => sentence)).toEqual([
      "its type name `NetThingsAddParams` is also that of the parameters of net.things.add",
      "its type name `NetThingsAddResult` is also that of the result of net.things.add",
    ]);
  });

  it("refuse two tags that would share a file", () => {
    const violations = houseRules(
      smallSpec(
        ["methods/3/tags/0/name", "vol.boxes.all"],
        ["methods/-", { ...smallSpec().methods[3], name: "vol.others", tags: [{ name: "vol.boxes-all" }] }],
      ),
    );
    expect(violations).toContainEqual({
      where: "the tag `vol.boxes-all`",
      sentence: "its file name `src/native/vol/boxes-all.ts` is also that of the tag `vol.boxes.all`",
    });
  });
});
