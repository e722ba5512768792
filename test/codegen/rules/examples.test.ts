import { ADD, type Case, describeRules, exampleWith, THINGS } from "../rule-cases.js";
import { smallSpec } from "../small-spec.js";

const exampleCases: readonly Case[] = [
  [
    "differently named examples",
    [[`${THINGS}/examples/-`, smallSpec().methods[1]?.examples?.[0]]],
    "net.things",
    'two examples are named "the red ones"',
  ],
  [
    "example parameters once",
    [[`${THINGS}/examples/0/params/-`, { name: "color", value: "red" }]],
    "net.things",
    'the example "the red ones" gives the parameter `color` twice',
  ],
  [
    "known example parameters",
    [[`${THINGS}/examples`, exampleWith([{ name: "colour", value: "red" }])]],
    "net.things",
    'the example "one" gives `colour`, which is no parameter',
  ],
  [
    "fitting example parameters",
    [[`${THINGS}/examples`, exampleWith([{ name: "limit", value: 0 }])]],
    "net.things",
    'the example "one" does not fit: limit must be >= 1',
  ],
  [
    "complete example parameters",
    [[`${ADD}/examples/0/params/0`, undefined]],
    "net.things.add",
    'the example "one with a mark" lacks the required parameter `name`',
  ],
  [
    "examples with a result",
    [[`${THINGS}/examples/0/result`, undefined]],
    "net.things",
    'the example "the red ones" has no result',
  ],
  [
    "fitting example results",
    [[`${THINGS}/examples`, exampleWith([], { name: "r", value: [{ name: "a" }] })]],
    "net.things",
    "the example \"one\" does not fit: result/0 must have required property 'marks'",
  ],
  [
    "exact 64-bit examples",
    [[`${THINGS}/examples/0/result/value/0/size_bytes`, 2 ** 53]],
    "net.things",
    'the example "the red ones" does not fit: result/0/size_bytes must be an exact unsigned 64-bit integer',
  ],
  [
    "fitting defaults",
    [[`${THINGS}/params/1/schema/default`, 101]],
    "net.things params.limit",
    "its default does not fit: default must be <= 100",
  ],
];

describeRules("examples are", exampleCases);
