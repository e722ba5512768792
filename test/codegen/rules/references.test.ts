import { at, type Case, described, describeRules, object, THING } from "../rule-cases.js";

const componentCases: readonly Case[] = [
  [
    "PascalCase keys",
    [
      ["components/schemas/thing_b", { ...object, title: "thing_b" }],
      [`${THING}/properties/z`, { $ref: "#/components/schemas/thing_b" }],
    ],
    "components.schemas.thing_b",
    "the key is not PascalCase",
  ],
  [
    "titles that are the key",
    [[`${THING}/title`, "Ting"]],
    "components.schemas.Thing",
    '`title` is "Ting", not the key',
  ],
  ["titles", [[`${THING}/title`, undefined]], "components.schemas.Thing", "`title` is absent, not the key"],
  [
    "described components",
    [["components/schemas/Health/description", undefined]],
    "components.schemas.Health",
    "has no `description`",
  ],
  [
    "typed components",
    [
      ["components/schemas/Z", { title: "Z", ...described }],
      [`${THING}/properties/z`, { $ref: "#/components/schemas/Z" }],
    ],
    "components.schemas.Z",
    "has no `type`",
  ],
  [
    "references that lead somewhere",
    [[`${THING}/properties/z`, { $ref: "#/components/schemas/Zed" }]],
    at("z"),
    "`$ref` points at `#/components/schemas/Zed`, which is not there",
  ],
  [
    "references that lead to own members only",
    [[`${THING}/properties/z`, { $ref: "#/components/schemas/constructor" }]],
    at("z"),
    "`$ref` points at `#/components/schemas/constructor`, which is not there",
  ],
  [
    "used components",
    [["components/schemas/Z", { ...object, title: "Z" }]],
    "components.schemas.Z",
    "nothing refers to it",
  ],
  [
    "components that end",
    [[`${THING}/properties/z`, { $ref: "#/components/schemas/Thing" }]],
    "components.schemas.Thing",
    "contains itself",
  ],
];

describeRules("components have", componentCases);
