import { describe, expect, it } from "vitest";
import { houseRules } from "../../codegen/house-rules.js";
import { type Edit, smallSpec } from "./small-spec.js";

export const THINGS = "methods/1";
export const ADD = "methods/2";
export const THING = "components/schemas/Thing";
export const at = (path: string) => `components.schemas.Thing.properties.${path}`;
export const described = { description: "Words." };
export const object = { type: "object", additionalProperties: false, properties: {}, ...described };
export const exampleWith = (params: unknown, result: unknown = { name: "r", value: [] }) => [
  { name: "one", params, result },
];

/** A rule, edits of the small specification that break it and nothing else, and what is said about it. */
export type Case = readonly [rule: string, edits: readonly Edit[], where: string, sentence: string];

/** One test for each rule: exactly its own sentence is said. */
export function describeRules(topic: string, cases: readonly Case[]): void {
  describe(topic, () => {
    it.each(cases)("%s", (_, edits, where, sentence) => {
      expect(houseRules(smallSpec(...edits))).toEqual([{ where, sentence }]);
    });
  });
}
