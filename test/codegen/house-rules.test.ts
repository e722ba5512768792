import { describe, expect, it } from "vitest";
import { houseRules, parseSpec } from "../../codegen/house-rules.js";
import { SpecificationError } from "../../codegen/violation.js";
import { ADD, THINGS } from "./rule-cases.js";
import { type Edit, smallSpec, smallText } from "./small-spec.js";

describe("house rules", () => {
  it("are kept by the small specification", () => {
    expect(houseRules(smallSpec())).toEqual([]);
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
