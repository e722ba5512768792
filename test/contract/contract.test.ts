import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type MethodName, methods } from "../../generated/methods.gen.js";
import { validateResult } from "../../generated/results.gen.js";
import { describeNetwork } from "../world/namespace.js";
import { expectCells, right, tables, wrongForAll } from "./cells.js";
import { Front, type FrontName, fronts, type Reply, type Who } from "./fronts.js";
import { type Example, expectDeclared, paramsOf, specification } from "./specification.js";
import { type Wrong, wrongParams } from "./wrong-params.js";

const BATCH = 100;

/** A body without what is another in every request. */
const withoutIds = (text: string): string => text.replaceAll(/"request_id":"[^"]*"/g, '"request_id":""');

interface Answered {
  readonly id: number;
  readonly error?: { readonly code: number; readonly data: { readonly problems?: readonly { field: string }[] } };
}

const examples = specification.methods.flatMap(({ name, examples: all }) =>
  all.map((example, index) => ({ name, title: `${name} #${index}: ${example.name}`, example, all })),
);
/** Of several examples for the same parameters the first is the mock's answer. */
const mockAnswer = (example: Example, all: readonly Example[]): unknown =>
  all.find(({ params }) => isDeepStrictEqual(params, example.params))?.result.value;

const outcomeOf = ({ error }: Reply): unknown => error?.data.kind ?? "ok";

describeNetwork("the contract", () => {
  const running = new Map<FrontName, Front>();
  const front = (name: FrontName): Front => {
    const found = running.get(name);
    if (found === undefined) throw new Error(`${name} did not start`);
    return found;
  };
  beforeAll(async () => {
    for (const name of fronts) running.set(name, await Front.start(name));
  });
  afterAll(async () => {
    await Promise.all([...running.values()].map((one) => one.stop()));
  });

  it("has an example of every method", () => {
    expect(new Set(examples.map(({ name }) => name))).toEqual(new Set(Object.keys(methods)));
  });

  describe.each(fronts)("of %s: rights", (name) => {
    const people: readonly (readonly [Who, Parameters<typeof right>[0]])[] = [
      ["nobody", "anonymous"],
      ["reader", "read"],
      ["operator", "write"],
      ["admin", "admin"],
    ];

    it.each(people)("%s gets each method or a refusal that tells nothing of parameters", async (who, granted) => {
      // The mock asks nobody who he is.
      const { gets } = right(name === "mock" ? "admin" : granted);
      const text = await front(name).post(wrongForAll, who);
      for (const [, table] of tables) expectCells(text, gets, { right: "read", isRemote: false }, table);
    });
  });

  describe("validation", () => {
    const answers = new Map<FrontName, string[]>();
    const batches = Array.from({ length: Math.ceil(wrongParams.length / BATCH) }, (_, index) =>
      wrongParams.slice(index * BATCH, (index + 1) * BATCH),
    );
    const bodyOf = (batch: readonly Wrong[]) =>
      JSON.stringify(batch.map(({ method, params }, id) => ({ jsonrpc: "2.0", id, method, params })));

    beforeAll(async () => {
      for (const name of fronts) {
        const texts: string[] = [];
        for (const batch of batches) texts.push(withoutIds(await front(name).post(bodyOf(batch), "admin")));
        answers.set(name, texts);
      }
    });

    it("is tried with every parameter of every method", () => {
      const tried = new Set(wrongParams.map(({ method, field }) => `${method} ${field}`));
      const wanted = specification.methods.flatMap(({ name, params }) =>
        params.map((param) => `${name} ${param.name}`),
      );
      expect(wanted.filter((one) => !tried.has(one))).toEqual([]);
    });

    it.each(fronts)("of %s names the parameter that is wrong", (name) => {
      const replies = (answers.get(name) ?? []).map((text): Answered[] => JSON.parse(text));
      const passed = batches.flatMap((batch, at) =>
        batch.filter(({ field }, index) => {
          const { error } = replies[at]?.[index] ?? {};
          const named = error?.data.problems?.map((problem) => problem.field.split(/[.[]/)[0]) ?? [];
          return error?.code !== -32602 || !named.includes(field);
        }),
      );
      expect(passed.map(({ method, what, field }) => `${method} ${field}: ${what}`)).toEqual([]);
    });

    it("is the same, byte for byte, whoever answers", () => {
      expect(answers.get("mos")).toEqual(answers.get("native"));
      expect(answers.get("mock")).toEqual(answers.get("native"));
    });
  });

  describe("examples", () => {
    it.each(examples.filter(({ name }) => name !== "rpc.discover"))(
      "$title is answered by all as it must be",
      async ({ name, example, all }) => {
        const params = paramsOf(example);
        expect(await front("mock").call(name, params)).toMatchObject({ result: mockAnswer(example, all) });
        const native = await front("native").call(name, params);
        const mos = await front("mos").call(name, params);
        expectFits(name, native);
        expectFits(name, mos);
        if (methods[name].mosOnly) expect(outcomeOf(native)).toBe("unsupported");
        else expect([outcomeOf(mos), mos.error?.message]).toEqual([outcomeOf(native), native.error?.message]);
      },
    );

    it.each(fronts)("%s discovers the specification", async (name) => {
      expect((await front(name).call("rpc.discover", {})).result).toEqual(specification);
    });
  });
});

/** A result fits the specification, an error is one of the method's and does not say that the parameters are wrong. */
function expectFits(method: MethodName, { result, error }: Reply): void {
  if (error === undefined) {
    const validate = validateResult[method];
    expect(validate(result), `${method}: ${JSON.stringify(validate.errors)}`).toBe(true);
    return;
  }
  expectDeclared(method, error);
  expect(["invalid_params", "internal_error", "timeout", "overloaded"]).not.toContain(error.data.kind);
}
