import { describe, expect, it } from "vitest";
import { canonicalAddress, formatIpv6, inetAton, parseAddress, parsePrefix } from "../../../src/kernel/ip-address.js";
import { Random } from "../../world/random.js";

describe("an address", () => {
  it.each([
    ["2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"],
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["1:0:0:2:0:0:0:3", "1:0:0:2::3"],
    ["::ffff:c000:0201", "::ffff:192.0.2.1"],
    ["::ffff:192.0.2.1", "::ffff:192.0.2.1"],
    ["::192.0.2.1", "::192.0.2.1"],
    ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
    ["::", "::"],
    ["::1", "::1"],
    ["fe80::", "fe80::"],
    ["192.0.2.1", "192.0.2.1"],
  ])("%s is written %s, as the C library does", (text, canonical) => {
    expect(canonicalAddress(text)).toBe(canonical);
  });

  it.each(["", "1.2.3", "1.2.3.256", "::g", "fe80::1%eth0", "1:2:3:4:5:6:7", "12345::", "default"])(
    "%j is none",
    (text) => {
      expect(canonicalAddress(text)).toBeUndefined();
    },
  );

  it("comes back from any text form as the same bytes", () => {
    const random = new Random(4);
    for (let round = 0; round < 5000; round++) {
      const bytes = Uint8Array.from({ length: 16 }, () => (random.chance(0.6) ? 0 : random.below(256)));
      expect(parseAddress(formatIpv6(bytes, 0))).toEqual(bytes);
    }
  });
});

describe("a prefix", () => {
  it.each([
    ["10.0.0.0/8", { text: "10.0.0.0/8", family: "inet", hostBits: false }],
    ["10.1.2.3/8", { text: "10.0.0.0/8", family: "inet", hostBits: true }],
    ["192.0.2.255/25", { text: "192.0.2.128/25", family: "inet", hostBits: true }],
    ["192.0.2.1", { text: "192.0.2.1", family: "inet", hostBits: false }],
    ["192.0.2.1/32", { text: "192.0.2.1", family: "inet", hostBits: false }],
    ["0.0.0.0/0", { text: "default", family: "inet", hostBits: false }],
    ["::/0", { text: "default", family: "inet6", hostBits: false }],
    ["2001:db8:0:0::/60", { text: "2001:db8::/60", family: "inet6", hostBits: false }],
    ["2001:db8::1/64", { text: "2001:db8::/64", family: "inet6", hostBits: true }],
    ["default", { text: "default", hostBits: false }],
  ])("%s", (text, expected) => {
    expect(parsePrefix(text)).toEqual(expected);
  });

  it.each(["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", "::/129", "10.0.0/8", "/8", "10.0.0.0/-1", "10.0.0.0/1.5"])(
    "%j is none",
    (text) => {
      expect(parsePrefix(text)).toBeUndefined();
    },
  );
});

describe("an IPv4 address in the spellings of `inet_aton`", () => {
  it.each([
    ["192.0.2.1", [192, 0, 2, 1]],
    ["192.0.2.010", [192, 0, 2, 8]],
    ["0x7f.1", [127, 0, 0, 1]],
    ["10.1.258", [10, 1, 1, 2]],
    ["4294967295", [255, 255, 255, 255]],
    ["0", [0, 0, 0, 0]],
  ])("%s", (text, bytes) => {
    expect([...(inetAton(text) ?? [])]).toEqual(bytes);
  });

  it.each(["", ".", "1..2", "1.2.3.4.5", "256.1", "1.2.3.256", "4294967296", "09", "0x", "1.2.3.4\r", "-1", "::1"])(
    "%j is none",
    (text) => expect(inetAton(text)).toBeUndefined(),
  );
});
