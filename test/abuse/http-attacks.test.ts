import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pause, statuses } from "../server/front.js";
import { Random, seeds } from "../world/random.js";
import { attacks, type Seen } from "./attacks.js";
import { answered, call, head, request, type Transport, transports, Wires } from "./wires.js";

let wires: Wires;
beforeAll(async () => {
  const limits = ["--limit-header-seconds", "1", "--limit-request-seconds", "2", "--limit-body-bytes", "65536"];
  wires = await Wires.start(...limits, "--limit-connections-per-address", "1024");
});
afterAll(() => wires.stop());

const refused: Seen = { statuses: [400], ids: [] };

describe.each(transports)("over %s", (transport) => {
  const cases = attacks.map(([name, bytes, gets = refused]) => ({ name, bytes, gets }));

  it.each(cases)("$name has one reading or none", async ({ bytes, gets }) => {
    const expected = "unix" in gets ? gets[transport] : gets;
    const text = await wires.exchange(transport, bytes, expected);
    expect({ statuses: statuses(text), ids: answered(text) }).toEqual(expected);
    expect(text).not.toContain("smuggled");
  });

  it("a refused one between two is refused in its turn, and the last may have to come again", async () => {
    const bytes = request("one") + request("two", "Content-Encoding: gzip") + request("three", "Connection: close");
    const text = await wires.exchange(transport, bytes, { statuses: [200, 415, 200], ids: ["one", "three"] });
    expect(statuses(text).slice(0, 2)).toEqual([200, 415]);
    expect([["one"], ["one", "three"]]).toContainEqual(answered(text));
  });

  it("what comes too slowly is cut off, and holds nobody up meanwhile", { timeout: 30_000 }, async () => {
    const slow = [
      ["", ""],
      ["POST /rpc HTTP/1.1\r\nHost: node\r\n", "X"],
      [head(["Content-Length: 5000"]), " "],
      [head(["Transfer-Encoding: chunked"]), "1\r\n \r\n"],
    ] as const;
    const cutOff = slow.map(async ([begin, drop]) => {
      const wire = await wires.open(transport);
      wire.socket.write(begin);
      const drip = setInterval(() => wire.socket.write(drop), 50);
      const text = await wire.read();
      clearInterval(drip);
      return [statuses(text), wire.closed];
    });
    expect(await wires.daemon.call("rpc.health")).toMatchObject({ result: { status: "ok" } });
    expect(await Promise.all(cutOff)).toEqual(slow.map(() => [[408], true]));
  });

  it("a thousand small requests sent at once are answered in their order", async () => {
    const ids = Array.from({ length: 1000 }, (_, id) => `n${id}`);
    const expected = { statuses: ids.map(() => 200), ids };
    const text = await wires.exchange(transport, ids.map((id) => request(id)).join(""), expected);
    expect(answered(text)).toEqual(ids);
  });
});

const words = [
  ..."\r\n|\n|\r|\0| |\t|:|;|,|0|-1|\r\n\r\n|\r\n |\x0b|\x7f|\xff".split("|"),
  ...["Content-Length: 0\r\n", "Content-Length: 7\r\n", "Transfer-Encoding: chunked\r\n", "Host: other\r\n"],
  ...["0\r\n\r\n", "HTTP/1.1", "GET /health HTTP/1.1\r\n", "Connection: close\r\n", "Expect: 100-continue\r\n"],
];

/** Two requests, the first with a length or in chunks, with one to four pieces of them put in, taken out or replaced. */
function mutated(random: Random): string {
  const body = call("a");
  const chunks = `${head(["Transfer-Encoding: chunked"])}${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
  let bytes = (random.chance(0.5) ? request("a") : chunks) + request("b");
  for (let count = random.between(1, 4); count > 0; count -= 1) {
    const at = random.below(bytes.length);
    const removed = random.chance(0.5) ? random.between(1, 12) : 0;
    bytes = bytes.slice(0, at) + (random.chance(0.7) ? random.pick(words) : "") + bytes.slice(at + removed);
  }
  return bytes;
}

/** Throws where what came back is no sequence of whole responses, or answers what was not asked. */
function judge(bytes: string, text: string): void {
  let rest = text;
  while (rest !== "") {
    const [whole = "", status, fields = ""] =
      /^HTTP\/1\.1 (\d{3}) [^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n/.exec(rest) ?? [];
    expect(whole, JSON.stringify({ bytes, text })).not.toBe("");
    const length = status === "204" || status === "100" ? 0 : Number(/^content-length: (\d+)/im.exec(fields)?.[1]);
    const content = rest.slice(whole.length, whole.length + length);
    expect(content.length, JSON.stringify({ bytes, text })).toBe(length);
    expect([
      "100",
      "200",
      "204",
      "400",
      "404",
      "405",
      "408",
      "413",
      "415",
      "417",
      "421",
      "431",
      "501",
      "505",
    ]).toContain(status);
    if (content !== "") JSON.parse(content);
    rest = rest.slice(whole.length + length);
  }
  const ids = answered(text);
  expect(
    ids.filter((id, at) => ids.indexOf(id) !== at),
    JSON.stringify({ bytes, text }),
  ).toEqual([]);
}

/** `from`: handshakes are counted by address, so each lane comes from one of its own. */
async function lane(transport: Transport, from: string, random: Random, count: number): Promise<void> {
  for (let sent = 0; sent < count; sent += 1) {
    const bytes = mutated(random);
    const wire = await wires.open(transport, from);
    // The sender goes on to a good request where it can, and then waits no longer than the daemon does.
    wire.socket.write(Buffer.from(bytes, "latin1"));
    wire.socket.write(request("last", "Connection: close"));
    for (let waited = 0; waited < 10_000 && !wire.closed; waited += 2) await pause(2);
    expect(wire.closed, JSON.stringify(bytes)).toBe(true);
    judge(bytes, wire.received);
  }
}

describe("mutated bytes", () => {
  it.each(seeds(10))(
    "seed %d: whole answers to what was asked, and the daemon lives",
    { timeout: 200_000 },
    async (seed) => {
      const lanes = transports.flatMap((transport, group) =>
        Array.from({ length: 16 }, (_, index) => {
          const random = new Random(seed * 1000 + group * 100 + index);
          return lane(transport, `127.0.1.${index + 1}`, random, transport === "unix" ? 60 : 20);
        }),
      );
      await Promise.all(lanes);
      expect(await wires.daemon.call("rpc.health")).toMatchObject({ result: { status: "ok" } });
      expect(wires.daemon.isAlive).toBe(true);
      expect(wires.daemon.log).not.toMatch(/"level":"error"/);
    },
  );
});
