import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Random } from "./random.js";

interface Example {
  readonly params: readonly { readonly name: string; readonly value: unknown }[];
}

interface Method {
  readonly name: string;
  readonly examples: readonly Example[];
}

const specification: { readonly methods: readonly Method[] } = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../openrpc.json"), "utf8"),
);

/** One valid request for every example of the specification. */
const validRequests: readonly string[] = specification.methods.flatMap(({ name, examples }) =>
  examples.map(({ params }, id) =>
    JSON.stringify({
      jsonrpc: "2.0",
      id,
      method: name,
      params: Object.fromEntries(params.map((param) => [param.name, param.value])),
    }),
  ),
);

/** The parameters of a method's first example. */
export function exampleParams(name: string): Record<string, unknown> {
  const params = specification.methods.find((method) => method.name === name)?.examples[0]?.params ?? [];
  return Object.fromEntries(params.map((param) => [param.name, param.value]));
}

const hostile = [
  "null",
  "true",
  "-1",
  "1e400",
  "1e-400",
  "9007199254740993",
  "0.1",
  '""',
  '"\\u0000"',
  '"\\ud800"',
  '"--help"',
  '"; reboot"',
  '"../../etc/shadow"',
  '"$(id)"',
  `"${"x".repeat(5000)}"`,
  "[]",
  "[null]",
  "{}",
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  "[[[[[[[[[[[[]]]]]]]]]]]]",
  '"__proto__"',
  '"constructor"',
  '"toString"',
  '"hasOwnProperty"',
] as const;

const edits: readonly ((text: string, random: Random) => string)[] = [
  // A value is replaced by a hostile one.
  (text, random) => replaceAt(text, random, /(?<=:)("(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false|null)/g),
  // A key or name is replaced by a hostile word.
  (text, random) => replaceAt(text, random, /"(?:[^"\\]|\\.)*"(?=:)/g),
  (text, random) => splice(text, random, random.between(1, 8), ""),
  (text, random) => splice(text, random, 0, random.pick(hostile)),
  (text, random) => splice(text, random, 1, String.fromCharCode(random.below(0x250))),
  (text, random) =>
    text.replace(/"params":\{/, `"params":{${random.pick(hostile.filter((it) => it.startsWith('"')))}:1,`),
  (text, random) => `[${text},${text.slice(0, random.below(text.length))}`,
  (text, random) => `[${Array.from({ length: random.between(1, 4) }, () => text).join(",")}]`,
  (text) => text.replace(/"id":\d+,/, ""),
];

/** A valid request with one to three things wrong, or by luck none. */
export function mutate(random: Random): string {
  let text = random.pick(validRequests);
  for (let count = random.between(1, 3); count > 0; count -= 1) text = random.pick(edits)(text, random);
  return text;
}

function replaceAt(text: string, random: Random, pattern: RegExp): string {
  const places = [...text.matchAll(pattern)];
  if (places.length === 0) return text;
  const place = random.pick(places);
  return text.slice(0, place.index) + random.pick(hostile) + text.slice(place.index + place[0].length);
}

function splice(text: string, random: Random, remove: number, insert: string): string {
  const at = random.below(text.length + 1);
  return text.slice(0, at) + insert + text.slice(at + remove);
}
