import { expect, it } from "vitest";
import { firewallEntry } from "../../../src/native/net/firewall-rule.js";
import { dnatEntry } from "../../../src/native/net/nat-dnat.js";
import { snatEntry } from "../../../src/native/net/nat-snat.js";

const forward = { protocol: "tcp", external_port: 80, internal_port: 80 } as const;
const translation = { source_cidr: "10.0.0.0/24", out_interface: "wan0" };
const allow = { protocol: "tcp", port: 80 } as const;
const invalid = (field: string, reason: string) =>
  expect.objectContaining({
    kind: "invalid_argument",
    details: expect.objectContaining({ field, reason: expect.stringContaining(reason) }),
  });

it.each(["0.0.0.0", "127.0.0.1", "224.0.0.1", "255.255.255.255"])("nothing is given the source %s", (to_source) => {
  expect(() => snatEntry({ ...translation, to_source })).toThrow(invalid("to_source", "nothing could answer"));
});

it.each(["::", "::1", "ff02::1"])("nothing is given the source %s", (to_source) => {
  const wanted = { source_cidr: "fd00::/64", out_interface: "wan0", to_source };
  expect(() => snatEntry(wanted)).toThrow(invalid("to_source", "nothing could answer"));
});

it("nothing is forwarded to an address that means another host on every link", () => {
  expect(() => dnatEntry({ ...forward, internal_ip: "FE80::1" })).toThrow(invalid("internal_ip", "link-local"));
  expect(dnatEntry({ ...forward, internal_ip: "169.254.169.254" })).toMatchObject({ internal_ip: "169.254.169.254" });
});

it("IPv4 in the form of IPv6 is refused, for no packet carries it", () => {
  const mapped = "write 10.0.0.3";
  expect(() => firewallEntry({ ...allow, source: "::ffff:10.0.0.3" })).toThrow(invalid("source", mapped));
  expect(() => firewallEntry({ ...allow, source: "::ffff:10.0.0.3/128" })).toThrow(invalid("source", mapped));
  expect(() => dnatEntry({ ...forward, internal_ip: "::FFFF:a00:3" })).toThrow(invalid("internal_ip", mapped));
  expect(firewallEntry({ ...allow, source: "::/0" })).toMatchObject({ source: "::/0" });
  expect(firewallEntry({ ...allow, source: "::fffe:a00:3" })).toMatchObject({ family: "inet6" });
});
