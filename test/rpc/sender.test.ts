import { describe, expect, it } from "vitest";
import { countedAs, networkOf, plainAddress } from "../../src/rpc/sender.js";

describe("whom the limits count", () => {
  it.each([
    ["198.51.100.7", "198.51.100.7"],
    ["2001:db8:0:1::7", "2001:db8:0:1::/64"],
    ["2001:db8:0:1:ffff:ffff:ffff:ffff", "2001:db8:0:1::/64"],
    ["2001:DB8:0000:0001::", "2001:db8:0:1::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ])("of the address %s is %s", (address, network) => {
    expect(networkOf(address)).toBe(network);
    expect(countedAs({ transport: "tls", address })).toBe(network);
  });

  it("is one for all addresses of a network, and another for the next network", () => {
    expect(networkOf("2001:db8:0:1::a")).toBe(networkOf("2001:db8:0:1:9::b"));
    expect(networkOf("2001:db8:0:1::a")).not.toBe(networkOf("2001:db8:0:2::a"));
  });

  it("is a user on the socket, whatever the process", () => {
    const of = (pid: number) => countedAs({ transport: "unix", peer: { pid, uid: 7, gid: 7 } });
    expect([of(1), of(2)]).toEqual(["uid:7", "uid:7"]);
    expect(countedAs({ transport: "unix", peer: undefined })).toBe("local");
  });
});

it.each([
  ["::ffff:198.51.100.7", "198.51.100.7"],
  ["198.51.100.7", "198.51.100.7"],
  ["2001:db8::7", "2001:db8::7"],
])("%s is shown as %s", (address, shown) => {
  expect(plainAddress(address)).toBe(shown);
});
