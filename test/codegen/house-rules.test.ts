import { describe, expect, it } from "vitest";
import { houseRules, parseSpec } from "../../codegen/house-rules.js";
import { SpecificationError } from "../../codegen/violation.js";
import { type Edit, smallSpec, smallText } from "./small-spec.js";

const THINGS = "methods/1";
const ADD = "methods/2";
const THING = "components/schemas/Thing";
const at = (path: string) => `components.schemas.Thing.properties.${path}`;
const described = { description: "Words." };
const object = { type: "object", additionalProperties: false, properties: {}, ...described };
const exampleWith = (params: unknown, result: unknown = { name: "r", value: [] }) => [{ name: "one", params, result }];

type Case = readonly [rule: string, edits: readonly Edit[], where: string, sentence: string];

const methodCases: readonly Case[] = [
  ["a summary", [[`${THINGS}/summary`, undefined]], "net.things", "has no `summary`"],
  [
    "a summary that is a sentence",
    [[`${THINGS}/summary`, "Things"]],
    "net.things",
    "`summary` is not one line that ends with a period",
  ],
  ["a description", [[`${THINGS}/description`, " "]], "net.things", "has no `description`"],
  ["a tag", [[`${THINGS}/tags`, []]], "net.things", "has 0 tags; every method has exactly one"],
  [
    "one tag only",
    [[`${THINGS}/tags/-`, { name: "net.more" }]],
    "net.things",
    "has 2 tags; every method has exactly one",
  ],
  [
    "a tag of the method's domain",
    [[`${THINGS}/tags/0/name`, "vol.things"]],
    "net.things",
    "the tag `vol.things` does not start with `net` as the method does",
  ],
  [
    "both structures of parameters",
    [[`${THINGS}/paramStructure`, "by-name"]],
    "net.things",
    '`paramStructure` is not "either"',
  ],
  [
    "a right",
    [[`${THINGS}/x-right`, undefined]],
    "net.things",
    "`x-right` is none of `none`, `read`, `write`, `admin`",
  ],
  [
    "a right that is known",
    [[`${THINGS}/x-right`, "root"]],
    "net.things",
    "`x-right` is none of `none`, `read`, `write`, `admin`",
  ],
  [
    "no right for `rpc` only",
    [[`${THINGS}/x-right`, "none"]],
    "net.things",
    "the right `none` is for `rpc.*` methods only",
  ],
  [
    "a deadline",
    [[`${THINGS}/x-deadline-ms`, undefined]],
    "net.things",
    "`x-deadline-ms` is not an integer between 1 and 86400000",
  ],
  ["an example", [[`${THINGS}/examples`, []]], "net.things", "has no example"],
  ["no unknown mark", [[`${THINGS}/x-rigth`, "read"]], "net.things", "`x-rigth` is no mark that a method can have"],
  [
    "marks that are true or absent",
    [[`${THINGS}/x-destructive`, false]],
    "net.things",
    "`x-destructive` is either true or absent",
  ],
  ["a name of its own", [["methods/3", smallSpec().methods[1]]], "net.things", "another method has this name"],
];

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

describe("house rules", () => {
  it("are kept by the small specification", () => {
    expect(houseRules(smallSpec())).toEqual([]);
  });

  for (const [topic, cases] of Object.entries({
    "methods have": methodCases,
    "calls have": paramCases,
    "schemas have": schemaCases,
    "components have": componentCases,
    "errors have": errorCases,
    "examples are": exampleCases,
    "names are": nameCases,
  })) {
    describe(topic, () => {
      it.each(cases)("%s", (_, edits, where, sentence) => {
        expect(houseRules(smallSpec(...edits))).toEqual([{ where, sentence }]);
      });
    });
  }

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

describe("reading a specification", () => {
  const failure = (text: string): string => {
    try {
      parseSpec(text);
    } catch (error) {
      if (error instanceof SpecificationError) return error.message;
      throw error;
    }
    return "nothing was refused";
  };

  it("reports every violation at once, each with file, method and a sentence", () => {
    expect(
      failure(
        smallText(
          [`${THINGS}/summary`, undefined],
          ["components/errors/NotFound/code", -32700],
          [`${ADD}/examples`, []],
        ),
      ),
    ).toBe(
      [
        "3 house rules broken",
        "openrpc.json: net.things: has no `summary`",
        "openrpc.json: net.things.add: has no example",
        "openrpc.json: components.errors.NotFound: the code -32700 is also that of `ParseError`",
      ].join("\n"),
    );
  });

  it("refuses text that is not JSON", () => {
    expect(failure("{")).toMatch(/^1 house rule broken\nopenrpc.json: document: is not JSON: /);
  });

  it("refuses a key that stands twice, which JSON.parse would pass over", () => {
    const text = smallText().replace('"Health":', '"Name":{"title":"Name"},"Health":');
    expect(failure(text)).toBe("1 house rule broken\nopenrpc.json: components.schemas.Name: the key stands twice");
  });

  it("refuses what the OpenRPC meta-schema refuses", () => {
    expect(failure(smallText([`${THINGS}/params`, "none"]))).toContain(
      "document: does not fit the OpenRPC meta-schema: ",
    );
  });

  it.each<readonly [string, Edit, string]>([
    ["components", ["components", undefined], "components: `schemas` and `errors` must both be there"],
    [
      "common errors",
      ["x-common-errors", undefined],
      "x-common-errors: must list the errors that any method can answer",
    ],
    ["results", [`${THINGS}/result`, undefined], "net.things: has no `result`"],
    [
      "methods in their place",
      ["methods/-", { $ref: "#/methods/0" }],
      "methods: a method must stand where it is, not behind a `$ref`",
    ],
    [
      "parameters in their place",
      [`${THINGS}/params/-`, { $ref: "#/x" }],
      "net.things: a parameter must stand where it is, not behind a `$ref`",
    ],
  ])("wants %s", (_, edit, expected) => {
    expect(failure(smallText(edit))).toBe(`1 house rule broken\nopenrpc.json: ${expected}`);
  });
});
