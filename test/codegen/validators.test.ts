import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import { describe, expect, it } from "vitest";
import { emitParamValidators } from "../../codegen/emit/validators.js";
import { parseSpec } from "../../codegen/house-rules.js";
import type { Json, Schema } from "../../codegen/spec.js";
import { type MethodName, methods } from "../../generated/methods.gen.js";
import { type Validator, validateParams } from "../../generated/params.gen.js";
import { validateResult } from "../../generated/results.gen.js";
import { Random, seeds } from "../world/random.js";
import { smallSpec } from "./small-spec.js";

const text = readFileSync("openrpc.json", "utf8");
const spec = parseSpec(text);
const generated = (name: string): string => readFileSync(`generated/${name}`, "utf8");
const isMethod = (name: string): name is MethodName => Object.hasOwn(methods, name);

/** ajv as anyone would use it on the document itself, sharing nothing with the generator. */
const plain = new Ajv({ strict: false, validateSchema: false });
const ID = "https://plain.invalid/openrpc.json";
plain.addSchema({ $id: ID, ...JSON.parse(text) });
const compilePlain = (schema: Schema): ValidateFunction =>
  plain.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', `"${ID}#/`)));

interface Pair {
  readonly what: string;
  readonly ours: Validator;
  readonly theirs: ValidateFunction;
  readonly samples: readonly Json[];
}

const pairs: readonly Pair[] = spec.methods.flatMap((method) => {
  const { name, params, result, examples = [] } = method;
  if (!isMethod(name)) throw new Error(`${name} has no entry in the method table`);
  const paramsSchema: Schema = {
    type: "object",
    additionalProperties: false,
    required: params.filter(({ required }) => required).map((param) => param.name),
    properties: Object.fromEntries(params.map((param) => [param.name, param.schema])),
  };
  const given = examples.map((example) => Object.fromEntries(example.params.map((param) => [param.name, param.value])));
  return [
    { what: `${name} params`, ours: validateParams[name], theirs: compilePlain(paramsSchema), samples: given },
    {
      what: `${name} result`,
      ours: validateResult[name],
      theirs: compilePlain(result.schema),
      samples: examples.map((example) => example.result?.value ?? null),
    },
  ];
});

/** Values that break one keyword or another. */
const STRANGE: readonly Json[] = [
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 40,
  "",
  "x",
  "x".repeat(5000),
  "\u0000",
  [],
  {},
  [null],
  { a: 1 },
];

/** A copy of a value with one change somewhere inside it. */
function mutated(value: Json, random: Random): Json {
  if (random.chance(0.3) || typeof value !== "object" || value === null) return random.pick(STRANGE);
  if (Array.isArray(value)) {
    if (value.length === 0 || random.chance(0.2)) return [...value, random.pick([...value, ...STRANGE])];
    const index = random.below(value.length);
    return value.map((entry, at) => (at === index ? mutated(entry, random) : entry));
  }
  const entries = Object.entries(value);
  const [key] = entries.length > 0 ? random.pick(entries) : [""];
  if (entries.length === 0 || random.chance(0.2))
    return { ...value, [random.pick(["zz", "__proto__", "constructor", key])]: 1 };
  if (random.chance(0.3)) return Object.fromEntries(entries.filter(([name]) => name !== key));
  return Object.fromEntries(entries.map(([name, entry]) => [name, name === key ? mutated(entry, random) : entry]));
}

describe("the generated validators", () => {
  it.each(["params.gen.ts", "results.gen.ts"])("are modules without a `require`: %s", (name) => {
    expect(generated(name)).not.toContain("require(");
  });

  it("use ajv's runtime, by import: characters are counted, and values compared, as JSON Schema says", () => {
    const { text: small } = emitParamValidators(smallSpec(["methods/2/params/3/schema", { const: ["a"] }]));
    expect(small).toContain('from "ajv/dist/runtime/ucs2length.js"');
    expect(small).toContain('from "ajv/dist/runtime/equal.js"');
    expect(small).not.toContain("require(");
    expect(generated("params.gen.ts")).toContain('from "ajv/dist/runtime/ucs2length.js"');
  });

  it("exist for every method, for parameters and result", () => {
    const names = spec.methods.map(({ name }) => name);
    expect(Object.keys(validateParams)).toEqual(names);
    expect(Object.keys(validateResult)).toEqual(names);
  });

  it.each(pairs)("agree with plain ajv on the examples: $what", ({ ours, theirs, samples }) => {
    for (const sample of samples) {
      expect(theirs(sample)).toBe(true);
      expect(ours(sample)).toBe(true);
    }
  });

  it.each(seeds(20))("agree with plain ajv on mutated examples, seed %i", (seed) => {
    const random = new Random(seed);
    let refused = 0;
    for (const { what, ours, theirs, samples } of pairs) {
      for (let round = 0; round < 40; round += 1) {
        const value = mutated(random.pick(samples), random);
        const verdict = ours(value);
        if (!verdict) refused += 1;
        expect(verdict, `${what}: ${JSON.stringify(value)?.slice(0, 400)}`).toBe(theirs(value));
      }
    }
    expect(refused).toBeGreaterThan(pairs.length * 10);
  });
});

describe("parameters", () => {
  const problems = (method: MethodName, params: unknown) => {
    expect(validateParams[method](params)).toBe(false);
    return (validateParams[method].errors ?? []).map(({ instancePath, keyword, params }) => ({
      instancePath,
      keyword,
      ...params,
    }));
  };

  it.each(["__proto__", "constructor", "toString", "hasOwnProperty"])("named `%s` are refused", (name) => {
    const params: unknown = JSON.parse(`{"${name}": {"dst": "default"}}`);
    expect(problems("net.routes", params)).toEqual([
      { instancePath: "", keyword: "additionalProperties", additionalProperty: name },
    ]);
  });

  it("named `__proto__` are refused inside objects too", () => {
    const params: unknown = JSON.parse(
      '{"dst":"default","nexthops":[{"gateway":"192.0.2.1","__proto__":{}},{"gateway":"192.0.2.2"}]}',
    );
    expect(problems("net.routes.add", params)[0]).toMatchObject({
      keyword: "additionalProperties",
      additionalProperty: "__proto__",
    });
  });

  it("that are wrong are all named at once", () => {
    expect(problems("net.routes.add", { gatway: "192.0.2.1", metric: -1, dev: 7 })).toEqual([
      { instancePath: "", keyword: "required", missingProperty: "dst" },
      { instancePath: "", keyword: "additionalProperties", additionalProperty: "gatway" },
      { instancePath: "/metric", keyword: "minimum", comparison: ">=", limit: 0 },
      { instancePath: "/dev", keyword: "type", type: "string" },
    ]);
  });

  it.each<readonly [string, unknown]>([
    ["an array", []],
    ["null", null],
    ["a string", "x"],
  ])("that are %s are refused as a whole", (_, params) => {
    expect(problems("net.routes.add", params)).toEqual([{ instancePath: "", keyword: "type", type: "object" }]);
  });

  it("that are wrong a hundred thousand times are told about 32 times", () => {
    const params = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`p${index}`, 1]));
    expect(problems("net.routes", params)).toHaveLength(32);
  });

  it("that are long wrong lists cost one problem", () => {
    expect(
      problems("vol.create_btrfs_raid", {
        devices: Array(300_000).fill(7),
        data_profile: "single",
        metadata_profile: "single",
      }),
    ).toHaveLength(1);
  });

  it("leave no problems behind when the next call fits", () => {
    problems("net.routes", { zz: 1 });
    expect(validateParams["net.routes"]({})).toBe(true);
    expect(validateParams["net.routes"].errors).toBeNull();
  });

  it("are validated without a change: defaults are not filled in", () => {
    const params = {};
    validateParams["net.routes"](params);
    expect(params).toEqual({});
  });
});

describe("64-bit integers", () => {
  const accepts = (size_bytes: unknown): boolean =>
    validateParams["vol.create_partition"]({ disk: "/dev/sda", size_bytes });

  it("are exact: safe numbers, and bigints up to 2^64 − 1", () => {
    expect([1048576, Number.MAX_SAFE_INTEGER, 2n ** 53n, 2n ** 64n - 1n].map(accepts)).toEqual(Array(4).fill(true));
  });

  it("are nothing else", () => {
    expect([2 ** 53, 2n ** 64n, -1, -1n, 1.5, "1048576", Number.NaN].map(accepts)).toEqual(Array(7).fill(false));
  });
});
