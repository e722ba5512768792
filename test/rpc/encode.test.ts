import { describe, expect, it } from "vitest";
import { encodeJson } from "../../src/rpc/encode.js";
import { parseExactly } from "../../src/rpc/exact.js";

describe("values without bigint are encoded as JSON.stringify does", () => {
  it.each([null, true, 0, -0, 1e21, "", 'a"\\\u0000\ud800é😀', [], [1, [2]], {}, { a: { b: [null] } }])(
    "%j",
    (value) => {
      expect(encodeJson(value)).toBe(JSON.stringify(value));
    },
  );
});

describe("64-bit integers are exact", () => {
  it.each([0n, 9007199254740993n, 18446744073709551615n, -9223372036854775808n])("%s", (value) => {
    expect(encodeJson(value)).toBe(value.toString());
  });

  it("anywhere in a value, whose other members are as JSON.stringify has them", () => {
    const date = new Date(0);
    const value = {
      "a\n": [1n, undefined, { b: 2n, gone: undefined, n: Number.NaN, date, __proto__: null }],
      c: "ü\ud800",
    };
    expect(encodeJson(value)).toBe(
      '{"a\\n":[1,null,{"b":2,"n":null,"date":"1970-01-01T00:00:00.000Z"}],"c":"ü\\ud800"}',
    );
  });

  it("equal JSON.stringify on everything else, for random values", () => {
    for (let seed = 1; seed <= 200; seed++) {
      const value = randomValue(seed);
      expect(encodeJson({ value, big: 1n })).toBe(`{"value":${JSON.stringify(value)},"big":1}`);
    }
  });
});

describe("reading back what was encoded", () => {
  it.each([
    [18446744073709551615n, -9223372036854775808n, 9007199254740991, 9007199254740992n],
    { "1234567890123456789": '"12345678901234567890\\"', a: ["\\", 12345678901234567890n, "12345678901234567890"] },
    [1234567890123456.5, 1e300, 0.1234567890123456],
  ])("keeps every integer and every string", (value) => {
    expect(parseExactly(encodeJson(value))).toEqual(value);
  });
});

describe("what JSON cannot say is refused", () => {
  it.each([[undefined], [() => 1], [Symbol("x")]])("%s", (value) => {
    expect(() => encodeJson(value)).toThrow(TypeError);
  });

  it("a value that holds itself", () => {
    const value: Record<string, unknown> = { big: 1n };
    value.self = value;
    expect(() => encodeJson(value)).toThrow(RangeError);
  });
});

function randomValue(seed: number, depth = 0): unknown {
  const pick = (seed * 2654435761) >>> 0;
  const kinds = depth > 3 ? 5 : 7;
  switch (pick % kinds) {
    case 0:
      return null;
    case 1:
      return pick % 2 === 0;
    case 2:
      return pick / 7;
    case 3:
      return String.fromCharCode(pick % 0xffff, (pick >> 8) % 0xffff);
    case 4:
      return -pick;
    case 5:
      return Array.from({ length: pick % 4 }, (_, index) => randomValue(seed + index + 1, depth + 1));
    default:
      return Object.fromEntries(
        Array.from({ length: pick % 4 }, (_, index) => [`k${index}\u2028`, randomValue(seed + index + 2, depth + 1)]),
      );
  }
}
