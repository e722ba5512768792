import { describe, expect, it } from "vitest";
import { methods } from "../../generated/methods.gen.js";
import { referenceTable } from "../world/reference-table.js";

describe("the generated method table against the reference's tables", () => {
  it("knows all 74 methods of the reference and no other", () => {
    expect(referenceTable).toHaveLength(74);
    expect(Object.keys(methods).sort()).toEqual(referenceTable.map(({ method }) => method).sort());
  });

  it.each(referenceTable)("$method needs the right $right", ({ method, right, mosOnly }) => {
    expect(methods[method as keyof typeof methods]).toMatchObject({ right, mosOnly });
  });
});
