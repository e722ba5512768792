import { ADD, type Case, described, describeRules, THINGS } from "../rule-cases.js";

const errorCases: readonly Case[] = [
  [
    "errors by reference",
    [[`${THINGS}/errors/-`, { code: 7, message: "m" }]],
    "net.things",
    "defines an error inline: put it into `components.errors` and refer to it",
  ],
  [
    "error references that lead somewhere",
    [[`${THINGS}/errors/-`, { $ref: "#/components/errors/Zed" }]],
    "net.things",
    "`$ref` points at `#/components/errors/Zed`, which is not there",
  ],
  [
    "common errors unlisted",
    [[`${THINGS}/errors/-`, { $ref: "#/components/errors/ParseError" }]],
    "net.things",
    "lists `ParseError`, which any method can answer",
  ],
  [
    "each error once",
    [[`${THINGS}/errors/-`, { $ref: "#/components/errors/NotFound" }]],
    "net.things",
    "lists `NotFound` twice",
  ],
  [
    "common errors that exist",
    [["x-common-errors/-", "Zed"]],
    "x-common-errors",
    "`Zed` is not in `components.errors`",
  ],
  [
    "used errors",
    [
      [`${THINGS}/errors`, []],
      [`${ADD}/errors`, []],
    ],
    "components.errors.NotFound",
    "is neither in `x-common-errors` nor listed by a method",
  ],
  [
    "a code for each error",
    [["components/errors/NotFound/code", -32700]],
    "components.errors.NotFound",
    "the code -32700 is also that of `ParseError`",
  ],
  [
    "data for each error",
    [
      ["components/errors/Zed", { code: 7, message: "m", data: {} }],
      ["x-common-errors/-", "Zed"],
    ],
    "components.errors.Zed",
    "the schema of its data, `ZedErrorData`, is not in `components.schemas`",
  ],
  [
    "the kind that the key says",
    [["components/schemas/NotFoundErrorData/properties/kind", { type: "string", maxLength: 9, ...described }]],
    "components.schemas.NotFoundErrorData",
    "`kind` is not the constant `not_found`",
  ],
  [
    "sample data that fits",
    [["components/errors/NotFound/data/name", ""]],
    "components.errors.NotFound",
    "its sample data does not fit: data/name must NOT have fewer than 1 characters",
  ],
];

describeRules("errors have", errorCases);
