import { describe, expect, it } from "vitest";
import { errors } from "../../../generated/errors.gen.js";
import { RpcError } from "../../../src/rpc/errors.js";
import { verifySignature } from "../../../src/rpc/signature/verify.js";
import { NODE, NOW, raw, rfcKey, rules, signed } from "./parts.js";

/** A small random generator, so that a failure comes again with its seed. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const interesting = [
  "",
  " ",
  '"',
  ";",
  "=",
  ",",
  ":",
  "(",
  ")",
  "\\",
  "?0",
  "?",
  "-",
  "0",
  "\u0000",
  "\n",
  "\u00e9",
  "=1",
  ";x",
  "sig1=",
  "%2F",
  "/",
];

function mutated(text: string, pick: (below: number) => number): string {
  const at = pick(text.length + 1);
  const piece = interesting[pick(interesting.length)] ?? "";
  const end = at + pick(12);
  const ways = [
    () => text.slice(0, at) + piece + text.slice(at),
    () => text.slice(0, at) + text.slice(at + 1),
    () => text.slice(0, at) + String.fromCharCode(pick(256)) + text.slice(at + 1),
    () => text.slice(0, at) + text.slice(at, end) + text.slice(at),
    () => text.slice(0, at) + text.slice(end),
    () => text.slice(0, at),
    () => text.slice(0, at) + piece.repeat(1 + pick(2000)) + text.slice(at),
  ];
  return ways[pick(ways.length)]?.() ?? text;
}

interface Loose {
  method: string;
  target: string;
  rawHeaders: string[];
  body: string;
}

function mutate(request: Loose, pick: (below: number) => number): void {
  const part = pick(10);
  if (part === 0) request.method = mutated(request.method, pick);
  else if (part === 1) request.target = mutated(request.target, pick);
  else if (part === 2) request.body = mutated(request.body, pick);
  else if (part === 3) {
    const from = pick(request.rawHeaders.length / 2) * 2;
    request.rawHeaders.splice(pick(2) * request.rawHeaders.length, 0, ...request.rawHeaders.slice(from, from + 2));
  } else if (part === 4) request.rawHeaders.splice(pick(request.rawHeaders.length / 2) * 2, 2);
  else {
    const at = pick(request.rawHeaders.length);
    request.rawHeaders[at] = mutated(request.rawHeaders[at] ?? "", pick);
  }
}

/** What the request says, without the spellings that mean the same: RFC 9421 signs the meaning of those. */
function meaning({ method, target, rawHeaders, body }: Loose): string {
  const fields = rawHeaders.flatMap((name, index) => {
    const lower = name.toLowerCase();
    if (index % 2 === 1 || !/^(signature|signature-input|content-digest|x-os-node|host)$/.test(lower)) return [];
    const value = (rawHeaders[index + 1] ?? "").replace(/^[ \t]+|[ \t]+$/g, "");
    if (lower === "host") return [`${lower} ${value.toLowerCase().replace(/:(443)?$/, "")}`];
    return [`${lower} ${lower === "signature-input" ? value.replaceAll(" ", "").replace(/=0+(?=\d)/g, "=") : value}`];
  });
  const path = target.replace(/^https?:\/\/node\.example(?=[/?])/i, "").replace(/\?$/, "");
  return JSON.stringify([method, path, fields.sort(), body]);
}

describe("a valid request with random changes", () => {
  const good = signed(rfcKey, { target: "/rpc?a=1", authority: "node.example" });
  const fresh = (): Loose => ({
    method: good.method,
    target: good.target,
    rawHeaders: [...raw(good.headers), "X-Public-Key", rfcKey.publicKey],
    body: good.body,
  });
  const judge = ({ body, ...head }: Loose) =>
    verifySignature({ ...head, body: Buffer.from(body) }, rules({ transport: "tls" }));

  it("is accepted as it was, so that what follows proves something", () => {
    expect(judge(fresh())).toMatchObject({ key: rfcKey.publicKey, created: NOW });
    expect(fresh().rawHeaders).toContain(NODE);
  });

  it.each([1, 2, 3, 4, 5])(
    "never verifies and is always refused in the catalogue's words (1,000 of seed %i)",
    (seed) => {
      const pick = random(seed);
      const reasons = new Map<string, number>();
      let changed = 0;
      while (changed < 1000) {
        const request = fresh();
        for (let times = 1 + pick(3); times > 0; times--) mutate(request, pick);
        if (meaning(request) === meaning(fresh())) continue;
        changed += 1;
        const outcome = judge(request);
        if (!(outcome instanceof RpcError)) throw new Error(`accepted: ${JSON.stringify(request)}`);
        expect(outcome.code).toBe(errors.unauthenticated.code);
        expect(outcome.message.length).toBeLessThan(400);
        expect(outcome.message).toMatch(/^[\x20-\x7e…]*$/);
        reasons.set(outcome.details.reason, (reasons.get(outcome.details.reason) ?? 0) + 1);
      }
      expect([...reasons.keys()]).toEqual(
        expect.arrayContaining(["malformed", "bad_signature", "duplicated", "wrong_node"]),
      );
    },
  );
});
