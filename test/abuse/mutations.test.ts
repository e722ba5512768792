import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { errors } from "../../generated/errors.gen.js";
import { Daemon, pause } from "../world/daemon.js";
import { Random, seeds } from "../world/random.js";
import { mutate } from "../world/requests.js";

const requests = 10_000;
const lanes = 16;
/** With room to be lazy the collector would hide a leak, or look like one. */
const smallHeap = "--max-old-space-size=64 --max-semi-space-size=2";
let daemon: Daemon;

beforeAll(async () => {
  daemon = await Daemon.start(["--check-results"], ["env", `NODE_OPTIONS=${smallHeap}`]);
});
afterAll(() => daemon.stop());

/** Words that only the daemon's inside would say. */
const inside =
  /node_modules|dist\/src|file:\/\/|\bat .+:\d+:\d+|TypeError|RangeError|SyntaxError|Cannot read prop|is not a function/;

/** Throws where an answer breaks JSON-RPC 2.0 or the error catalogue. */
function judge(request: string, status: number, body: string): void {
  const context = `request ${request.slice(0, 400)}\nanswer ${status} ${body.slice(0, 400)}`;
  if (status === 204) {
    expect(body, context).toBe("");
    return;
  }
  expect(status, context).toBe(200);
  const answer: unknown = JSON.parse(body);
  for (const response of Array.isArray(answer) ? answer : [answer]) judgeResponse(response, context);
  if (!body.includes('"openrpc"')) expect(body, context).not.toMatch(inside);
}

function judgeResponse(
  response: { id?: unknown; error?: { code: number; data: { kind: string } } },
  context: string,
): void {
  expect(response, context).toMatchObject({ jsonrpc: "2.0" });
  expect(Object.keys(response).sort().join(), context).toMatch(/^(error,id,jsonrpc|id,jsonrpc,result)$/);
  if (!response.error) return;
  const { kind } = response.error.data;
  expect(Object.keys(errors), context).toContain(kind);
  expect(response.error.code, context).toBe(errors[kind as keyof typeof errors].code);
  // An internal error means that hostile input reached code that did not expect it.
  expect(kind, context).not.toBe("internal_error");
}

async function lane(random: Random, count: number): Promise<void> {
  for (let sent = 0; sent < count; sent += 1) {
    const request = mutate(random);
    const { status, body } = await daemon.post(request);
    const text = body.toString();
    if (text.includes('"kind":"overloaded"')) await pause(5);
    else judge(request, status, text);
  }
}

const flood = (seed: number, count: number) =>
  Promise.all(Array.from({ length: lanes }, (_, index) => lane(new Random(seed * 1000 + index), count / lanes)));

describe(`${requests} mutated requests`, () => {
  it.each(seeds(5))(
    "seed %d: the right answer each time, the daemon alive with flat memory",
    { timeout: 300_000 },
    async (seed) => {
      await flood(seed + 1, requests / 4);
      const before = daemon.rss;
      await flood(seed, requests);
      expect(daemon.isAlive).toBe(true);
      expect(daemon.rss - before).toBeLessThan(32);
      expect(await daemon.call("rpc.health")).toMatchObject({ result: { status: "ok" } });
      expect(daemon.log).not.toMatch(/"level":"error"/);
    },
  );
});
