import { ADD, type Case, described, describeRules, THINGS } from "../rule-cases.js";
import { smallSpec } from "../small-spec.js";

const paramCases: readonly Case[] = [
  [
    "parameters that are described",
    [[`${THINGS}/params/0/description`, undefined]],
    "net.things",
    "the parameter `color` has no `description`",
  ],
  [
    "parameters without unknown keys",
    [[`${THINGS}/params/0/x-unit`, "s"]],
    "net.things",
    "the parameter `color` has `x-unit`, which no parameter or result can have",
  ],
  [
    "parameters that stand once",
    [[`${THINGS}/params/-`, smallSpec().methods[1]?.params[0]]],
    "net.things",
    "the parameter `color` stands twice",
  ],
  [
    "required parameters first",
    [
      [`${ADD}/params/-`, { ...described, name: "z", required: true, schema: { type: "boolean" } }],
      [`${ADD}/examples/0/params/-`, { name: "z", value: true }],
    ],
    "net.things.add",
    "the required parameter `z` comes after the optional `size_bytes`",
  ],
  [
    "writes that say whether they changed anything",
    [["components/schemas/ThingWriteResult/required/0", undefined]],
    "net.things.add",
    "it changes the node, so its result must require `changed`",
  ],
];

describeRules("calls have", paramCases);
