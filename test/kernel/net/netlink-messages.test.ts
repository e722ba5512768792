import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Names } from "../../../src/kernel/iproute-names.js";
import { AddressDecoder } from "../../../src/kernel/netlink/addresses.js";
import { LinkIndex, linkEntry } from "../../../src/kernel/netlink/link-index.js";
import { decodeLink } from "../../../src/kernel/netlink/links.js";
import {
  attributeU32,
  chunkOf,
  HEADER_BYTES,
  LITTLE,
  NetlinkError,
  NetlinkTruncated,
  NLM_F_DUMP_INTR,
  NLM_F_MULTI,
  NLMSG_DONE,
  NLMSG_ERROR,
  type Visit,
  walkDatagram,
} from "../../../src/kernel/netlink/message.js";
import { NeighborDecoder } from "../../../src/kernel/netlink/neighbors.js";
import { RouteDecoder } from "../../../src/kernel/netlink/routes.js";
import { Random, seeds } from "../../world/random.js";

const SEQUENCE = 7;
const NLM_F_CREATE = 0x400;

interface Recorded {
  readonly type: number;
  readonly payload: string;
}

const fixture: Readonly<Record<"links" | "addresses" | "routes" | "neighbors", readonly Recorded[]>> = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../fixtures/net/rtnetlink.json"), "utf8"),
);

function message(type: number, payload: Uint8Array, { sequence = SEQUENCE, flags = 0 } = {}): Buffer {
  const whole = Buffer.concat([Buffer.alloc(HEADER_BYTES), payload, Buffer.alloc((4 - (payload.length % 4)) % 4)]);
  const { view } = chunkOf(whole);
  view.setUint32(0, HEADER_BYTES + payload.length, LITTLE);
  view.setUint16(4, type, LITTLE);
  view.setUint16(6, flags, LITTLE);
  view.setUint32(8, sequence, LITTLE);
  return whole;
}

const errno = (value: number): Buffer => {
  const payload = Buffer.alloc(4);
  chunkOf(payload).view.setInt32(0, value, LITTLE);
  return payload;
};

const walk = (datagram: Buffer, visit: Visit = () => {}) =>
  walkDatagram(chunkOf(datagram), datagram.length, SEQUENCE, visit);

/** Every decoder at once, as a visitor. */
function decodeAll(): { visit: Visit; decoded: unknown[] } {
  const names = new Names([]);
  const index = new LinkIndex();
  const linkName = (at: number) => index.name(at);
  const context = { index, groupNames: names, users: new Map(), groups: new Map(), linkName };
  const routeNames = { tables: names, protocols: names, scopes: names, realms: names, dsfield: names, linkName };
  const others = [
    new AddressDecoder(names),
    ...(["inet", "inet6"] as const).flatMap((family) => [
      new RouteDecoder(family, {}, routeNames),
      new NeighborDecoder(family, {}, index, names),
      new NeighborDecoder(family, { proxy: true }, index, names),
    ]),
  ];
  const decoded: unknown[] = [];
  const visit: Visit = (type, chunk, start, end) => {
    const entry = linkEntry(type, chunk, start, end);
    if (entry) {
      index.add(entry);
      decoded.push(decodeLink(chunk, start, end, context));
    }
    for (const decoder of others) {
      const one = decoder.decode(type, chunk, start, end);
      if (one !== undefined) decoded.push(one);
    }
  };
  return { visit, decoded };
}

const recordedMessages = (): Buffer[] =>
  Object.values(fixture).flatMap((messages) =>
    messages.map(({ type, payload }) => message(type, Buffer.from(payload, "base64"))),
  );

describe("a datagram of a dump", () => {
  it("is done at NLMSG_DONE, and not before", () => {
    const part = message(24, Buffer.alloc(12));
    expect(walk(part)).toEqual({ done: false, interrupted: false });
    expect(walk(Buffer.concat([part, message(NLMSG_DONE, errno(0))]))).toEqual({ done: true, interrupted: false });
  });

  it("says that the tables changed meanwhile", () => {
    const part = message(24, Buffer.alloc(12), { flags: NLM_F_DUMP_INTR });
    expect(walk(part)).toEqual({ done: false, interrupted: true });
  });

  it.each([
    ["NLMSG_ERROR", NLMSG_ERROR],
    ["NLMSG_DONE", NLMSG_DONE],
  ])("carries the kernel's refusal in %s", (_, type) => {
    expect(() => walk(message(type, errno(-95)))).toThrow(expect.objectContaining({ name: "NetlinkError", errno: 95 }));
  });

  it("may hold notices of a change, which say that the dump is to be repeated", () => {
    const seen: number[] = [];
    const notice = message(24, Buffer.alloc(12), { sequence: SEQUENCE + 1, flags: NLM_F_CREATE });
    expect(walk(notice, (type) => seen.push(type))).toEqual({ done: false, interrupted: true });
    const late = message(24, Buffer.alloc(12), { sequence: SEQUENCE - 1, flags: NLM_F_MULTI });
    expect(walk(late, (type) => seen.push(type))).toEqual({ done: false, interrupted: false });
    expect(seen).toEqual([]);
  });

  it("may hold late answers to an earlier request, which are not ours", () => {
    const seen: number[] = [];
    const late = message(16, Buffer.alloc(16), { sequence: SEQUENCE - 1 });
    walk(Buffer.concat([late, message(24, Buffer.alloc(12))]), (type) => seen.push(type));
    expect(seen).toEqual([24]);
  });

  it("that was cut is told from one that is broken", () => {
    const whole = message(24, Buffer.alloc(200));
    expect(() => walk(whole.subarray(0, 100))).toThrow(NetlinkTruncated);
    const broken = Buffer.from(whole);
    chunkOf(broken).view.setUint32(0, 3, LITTLE);
    expect(() => walk(broken)).toThrow("shorter than its header");
  });
});

describe("decoding", () => {
  it("takes every recorded message", () => {
    const { visit, decoded } = decodeAll();
    for (const one of recordedMessages()) walk(one, visit);
    const ofIpFamilies = fixture.links.length + fixture.addresses.length + fixture.routes.length;
    expect(decoded.length).toBeGreaterThan(ofIpFamilies);
  });

  it("keeps 64-bit counters exact", () => {
    const header = Buffer.alloc(16);
    chunkOf(header).view.setInt32(4, 3, LITTLE);
    const stats = Buffer.alloc(4 + 25 * 8);
    const { view } = chunkOf(stats);
    view.setUint16(0, stats.length, LITTLE);
    view.setUint16(2, 23, LITTLE);
    const values = [2n ** 64n - 1n, 2n ** 53n, 2n ** 53n - 1n, 2n ** 32n];
    for (const [place, value] of values.entries()) view.setBigUint64(4 + place * 8, value, LITTLE);
    const { visit, decoded } = decodeAll();
    walk(message(16, Buffer.concat([header, stats])), visit);
    expect(decoded).toMatchObject([
      {
        ifindex: 3,
        ifname: "if3",
        stats64: { rx: { packets: 2n ** 64n - 1n, bytes: 2 ** 53 - 1 }, tx: { packets: 2n ** 53n, bytes: 2 ** 32 } },
      },
    ]);
  });

  it("names a link that came or went meanwhile by its index", () => {
    const header = Buffer.from([2, 0, 0, 0, 254, 4, 0, 1, 0, 0, 0, 0]);
    const { visit, decoded } = decodeAll();
    walk(message(24, Buffer.concat([header, attributeU32(4, 4711)])), visit);
    expect(decoded).toMatchObject([{ dst: "default", dev: "if4711" }]);
  });

  it("passes over attributes that it does not know", () => {
    const header = Buffer.from([2, 0, 0, 0, 254, 4, 0, 1, 0, 0, 0, 0]);
    const { visit, decoded } = decodeAll();
    const unknown = [attributeU32(90, 1), attributeU32(0x3fff, 1), attributeU32(4, 1)];
    walk(message(24, Buffer.concat([header, ...unknown])), visit);
    expect(decoded).toMatchObject([{ dst: "default", dev: "if1" }]);
  });
});

/** Changes a message here and there: bytes, lengths, its end. */
function mutate(whole: Buffer, random: Random): Buffer {
  const changed = Buffer.from(whole);
  for (let changes = random.between(1, 8); changes > 0; changes--) {
    const at = random.below(changed.length);
    if (random.chance(0.5)) changed[at] = random.below(256);
    else if (at + 2 <= changed.length)
      chunkOf(changed).view.setUint16(at & ~3, random.pick([0, 1, 3, 4, 5, 0xffff]), LITTLE);
  }
  // Most keep a sound header, so that the decoders see the damage.
  if (random.chance(0.9)) whole.copy(changed, 0, 0, HEADER_BYTES);
  return random.chance(0.2) ? changed.subarray(0, random.below(changed.length + 1)) : changed;
}

describe.each(seeds(20))("messages damaged by chance, seed %i", (seed) => {
  it("are decoded or refused, and never break the reader", () => {
    const random = new Random(seed);
    const sound = recordedMessages();
    let refused = 0;
    let decodedCount = 0;
    for (let round = 0; round < 20_000; round++) {
      const { visit, decoded } = decodeAll();
      try {
        walk(mutate(random.pick(sound), random), visit);
      } catch (error) {
        if (!(error instanceof NetlinkError)) throw error;
        refused += 1;
      }
      JSON.stringify(decoded, (_, value) => (typeof value === "bigint" ? String(value) : value));
      decodedCount += decoded.length;
    }
    expect(refused).toBeGreaterThan(100);
    expect(decodedCount).toBeGreaterThan(5000);
  });
});
