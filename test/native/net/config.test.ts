import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { NetConfig } from "../../../generated/types.gen.js";
import { bootWords, networkWords } from "../../../src/kernel/command-line.js";
import { kernelAddress, mosAddress } from "../../../src/native/net/boot-addresses.js";
import { inOrder, readParameters } from "../../../src/native/net/boot-parameters.js";
import { describeNetwork, Namespace } from "../../world/namespace.js";
import { Random } from "../../world/random.js";
import { WriteBench } from "../../world/writes.js";

describe("the kernel's command line", () => {
  it("is split as the kernel splits it", () => {
    expect(bootWords('quiet a=1  b="x y" "c=d e" f="" =g')).toEqual([
      { name: "quiet", value: "" },
      { name: "a", value: "1" },
      { name: "b", value: "x y" },
      { name: "c", value: "d e" },
      { name: "f", value: "" },
      { name: "", value: "g" },
    ]);
    expect(networkWords("ip=dhcp root=/dev/sda nameserver=192.0.2.1 -- ip=off").map(({ value }) => value)).toEqual([
      "dhcp",
      "192.0.2.1",
    ]);
  });

  const ipv4 = { family: "inet", dns: [] };
  it.each([
    ["dhcp", { ...ipv4, method: "dhcp" }],
    ["off", { ...ipv4, method: "off" }],
    ["eth0:dhcp", { ...ipv4, method: "dhcp", interface: "eth0" }],
    ["eth0:dhcp:1400:52:54:00:12:34:56", { ...ipv4, method: "dhcp", interface: "eth0" }],
    ["::::node1:eth0:dhcp", { ...ipv4, method: "dhcp", interface: "eth0", hostname: "node1" }],
    [
      "192.0.2.10::192.0.2.1:255.255.255.0:node1:eth0:none:192.0.2.53:192.0.2.54",
      {
        family: "inet",
        method: "static",
        address: "192.0.2.10/24",
        gateway: "192.0.2.1",
        hostname: "node1",
        interface: "eth0",
        dns: ["192.0.2.53", "192.0.2.54"],
      },
    ],
    ["10.0.0.7", { ...ipv4, method: "static", address: "10.0.0.7/8" }],
    ["192.0.2.7:::26", { ...ipv4, method: "static", address: "192.0.2.7/26" }],
    ["auto6", { family: "inet6", method: "slaac", dns: [] }],
    ["eth0:either6", { family: "inet6", method: "slaac_dhcp", interface: "eth0", dns: [] }],
    [
      "[2001:db8::10]::[2001:db8::1]:64:node1:eth0:none",
      {
        family: "inet6",
        method: "static",
        address: "2001:db8::10/64",
        gateway: "2001:db8::1",
        hostname: "node1",
        interface: "eth0",
        dns: [],
      },
    ],
  ])("ip=%s", (text, meaning) => {
    expect(kernelAddress(text)).toEqual({ meaning });
  });

  it.each([
    "nonsense",
    "eth0:often",
    "192.0.2.1:::300",
    "192.0.2.1:::255.0.255.0",
    "192.0.2.1::2001:db8::1:24",
    "192.0.2.1:::24::a/b:none",
  ])("ip=%s is not understood, and says why", (text) =>
    expect(kernelAddress(text)).toEqual({ problem: expect.stringMatching(/./) }),
  );

  it.each([
    [
      "192.0.2.10/24,192.0.2.1,192.0.2.53",
      "inet",
      { method: "static", address: "192.0.2.10/24", gateway: "192.0.2.1", dns: ["192.0.2.53"] },
    ],
    ["dhcp", "inet", { method: "dhcp", dns: [] }],
    ["2001:DB8::A/64", "inet6", { method: "static", address: "2001:db8::a/64", dns: [] }],
    ["slaac+dhcp", "inet6", { method: "slaac_dhcp", dns: [] }],
  ] as const)("mosip=%s of %s", (text, family, meaning) => {
    expect(mosAddress(text, family)).toEqual({ meaning: { family, ...meaning } });
  });

  it.each([
    "",
    "192.0.2.1",
    "192.0.2.1/33",
    "2001:db8::1/64",
    "192.0.2.1/24,2001:db8::1",
    "constructor",
    "192.0.2.1/24,,x",
  ])("mosip4=%s is not understood", (text) => expect(mosAddress(text, "inet")).toHaveProperty("problem"));

  it("of several the last one counts, and one that is not understood takes nobody's place", () => {
    const told = readParameters(
      networkWords("mosip4=dhcp mosip4=off mosip4=bad ip=eth0:dhcp ip=eth1:dhcp nameserver=::1 nameserver=::2"),
    );
    expect(told.map(({ parameter: { recognised, overridden = false } }) => [recognised, overridden])).toEqual([
      [true, true],
      [true, false],
      [false, false],
      [true, false],
      [true, false],
      [true, false],
      [true, false],
    ]);
    expect(inOrder(told)).toHaveLength(5);
  });

  it("whatever it holds, reading it never fails", () => {
    const random = new Random(3);
    const pieces = [
      "ip=",
      "mosip4=",
      "mosip6=",
      "mosbridge=",
      "mosnat=",
      "[",
      "]",
      ":",
      "::",
      ",",
      "/",
      '"',
      " ",
      "é",
      "\u0001",
      "192.0.2.1",
      "dhcp",
      "--",
      "9".repeat(50),
    ];
    for (let round = 0; round < 2000; round++) {
      const line = Array.from({ length: random.between(1, 12) }, () => random.pick(pieces)).join("");
      expect(() => readParameters(networkWords(line)), line).not.toThrow();
    }
  });
});

describeNetwork("net.config", () => {
  const namespace = new Namespace();
  const folder = mkdtempSync(join(tmpdir(), "mos-t-"));
  const line = join(folder, "cmdline");
  /** The daemon sees a command line of the test's own. */
  const inside = `mount --bind ${line} /proc/cmdline && exec "$@"`;
  const bench = new WriteBench(() => [...namespace.wrapper, "unshare", "--mount", "sh", "-c", inside, "sh"]);
  beforeAll(() => {
    namespace.batch(["link set lo up", "link add eth0 type veth peer name far", "link add br0 type bridge"]);
    for (const link of ["eth0", "far", "br0"]) namespace.ip(`link set ${link} up`);
    namespace.batch([
      "addr add 192.0.2.10/24 dev eth0",
      "addr add 2001:db8::10/64 dev eth0 nodad",
      "route add default via 192.0.2.1",
    ]);
  });
  afterAll(() => {
    bench.remove();
    namespace.remove();
    rmSync(folder, { recursive: true, force: true });
  });
  const ask = (cmdline: string): NetConfig => {
    writeFileSync(line, `${cmdline}\n`);
    const [answer] = bench.run([["net.config"]]).answers;
    expect(answer?.error).toBeUndefined();
    return answer?.result as unknown as NetConfig;
  };

  it("shows the line as it is, and what is in force of it", () => {
    const text = "BOOT_IMAGE=/vmlinuz mosip4=192.0.2.10/24,192.0.2.1 mosip6=off mosbridge=br0:far quiet";
    const { cmdline, parameters, ipv4, ipv6, bridge, nat } = ask(text);
    expect(cmdline).toBe(text);
    expect(parameters.map(({ name, recognised }) => [name, recognised])).toEqual([
      ["mosip4", true],
      ["mosip6", true],
      ["mosbridge", true],
    ]);
    expect(ipv4).toEqual({
      family: "inet",
      method: "static",
      source: "kernel_command_line",
      parameter: "mosip4=192.0.2.10/24,192.0.2.1",
      address: "192.0.2.10/24",
      gateway: "192.0.2.1",
      dns: [],
      addresses: ["192.0.2.10/24"],
      default_gateway: "192.0.2.1",
      in_force: true,
    });
    expect(ipv6).toMatchObject({ method: "off", in_force: false, reason: "2001:db8::10/64 is there" });
    expect(bridge).toEqual({
      enabled: true,
      source: "kernel_command_line",
      parameter: "mosbridge=br0:far",
      name: "br0",
      ports: ["far"],
      in_force: false,
      reason: "far is not a port of br0",
    });
    expect(nat).toEqual({ enabled: false, source: "default", in_force: true });
  });

  it.each([
    ["mosip4=192.0.2.11/24", "192.0.2.11/24 is not on any interface"],
    ["mosip4=192.0.2.10/25", "192.0.2.10/25 is not on any interface"],
    ["mosip4=192.0.2.10/24,192.0.2.2", "no default route leads over 192.0.2.2"],
    ["mosip4=dhcp", "no DHCPv4 lease is held on any interface"],
    ["ip=eth9:dhcp", "there is no interface eth9"],
    ["ip=192.0.2.10::192.0.2.1:24::far:none", "192.0.2.10/24 is not on far"],
  ])("%s: says why it is not in force", (text, reason) => {
    expect(ask(text).ipv4).toMatchObject({ in_force: false, reason, source: "kernel_command_line", parameter: text });
  });

  it("MOS's own parameter comes before the kernel's", () => {
    expect(ask("ip=dhcp mosip4=192.0.2.10/24 ip=off").ipv4).toMatchObject({
      parameter: "mosip4=192.0.2.10/24",
      in_force: true,
    });
  });

  it("a bridge that is there with its ports, one that is none, one that is missing", () => {
    namespace.ip("link set far master br0");
    expect(ask("mosbridge=br0:far").bridge).toMatchObject({ enabled: true, in_force: true });
    expect(ask("bridge=br0:far").bridge).toMatchObject({ enabled: true, in_force: true, parameter: "bridge=br0:far" });
    expect(ask("mosbridge=eth0").bridge).toMatchObject({ in_force: false, reason: "eth0 is no bridge" });
    expect(ask("mosbridge=br7").bridge).toMatchObject({ in_force: false, reason: "there is no bridge br7" });
    expect(ask("mosbridge=off").bridge).toEqual({
      enabled: false,
      source: "kernel_command_line",
      parameter: "mosbridge=off",
      ports: [],
      in_force: true,
    });
  });

  it("source NAT that a rule does, and that no rule does", () => {
    expect(ask("mosnat=10.0.0.0/24:eth0").nat).toMatchObject({ enabled: true, in_force: false, out_interface: "eth0" });
    namespace.run(
      "nft",
      'add table ip t; add chain ip t c { type nat hook postrouting priority 100; }; add rule ip t c ip saddr 10.0.0.0/24 oifname "eth0" masquerade',
    );
    expect(ask("mosnat=10.0.0.0/24:eth0").nat).toMatchObject({ enabled: true, in_force: true });
  });

  it("source NAT is understood as the parameters say, quoted, given twice, or wrong", () => {
    const { nat, parameters } = ask(
      'mosnat="10.0.0.9/24:eth0:192.0.2.7" mosnat=10.0.0.0/24:eth0:2001:db8::1 -- mosnat=off',
    );
    expect(nat).toMatchObject({ enabled: true, source_cidr: "10.0.0.0/24", to_source: "192.0.2.7" });
    expect(parameters.map(({ recognised }) => recognised)).toEqual([true, false]);
    for (const wrong of [
      "10.0.0.0/24",
      "10.0.0.0/33:eth0",
      "10.0.0.0/24:-o",
      "10.0.0.0/24:eth0:1.2.3",
      "fd00::/64:a:1.2.3.4",
    ]) {
      const told = ask(`mosnat=${wrong}`);
      const reason = told.parameters[0]?.problem;
      expect(reason, wrong).toBeTruthy();
      expect(told.nat).toEqual({
        enabled: true,
        source: "kernel_command_line",
        parameter: `mosnat=${wrong}`,
        in_force: false,
        reason,
      });
    }
  });

  it("without parameters: addresses that nobody accounts for, and the settings of the daemon", () => {
    const { parameters, ipv4, ipv6, settings } = ask("quiet splash");
    expect(parameters).toEqual([]);
    expect(ipv4).toMatchObject({
      method: "unmanaged",
      source: "none",
      addresses: ["192.0.2.10/24"],
      in_force: true,
      interface: "eth0",
    });
    expect(ipv6).toMatchObject({ method: "unmanaged", source: "none", addresses: ["2001:db8::10/64"] });
    expect(settings).toEqual([
      { name: "firewall.always_allow", value: "tcp/22", source: "default", in_force: true },
      { name: "firewall.input_policy", value: "accept", source: "default", in_force: true },
    ]);
  });

  it("compares other parameters with the switches, links and servers that they are about", () => {
    const [eth0] = JSON.parse(namespace.ip("-j link show eth0").toString());
    const bootif = `01-${eth0.address.replaceAll(":", "-")}`;
    const { settings } = ask(
      `net.ifnames=0 ipv6.disable=0 ipv6.disable_ipv6=1 BOOTIF=${bootif} ifname=lan0:${eth0.address} vlan=eth0.5:eth0 nameserver=203.0.113.77`,
    );
    const found = Object.fromEntries(settings.map(({ name, in_force, actual }) => [name, [in_force, actual]]));
    expect(found).toMatchObject({
      BOOTIF: [true, undefined],
      ifname: [false, "there is no interface lan0"],
      "ipv6.disable": [true, undefined],
      "ipv6.disable_ipv6": [false, "0"],
      "net.ifnames": [true, undefined],
      vlan: [false, "there is no interface eth0.5"],
      nameserver: [false, expect.any(String)],
    });
  });

  it("IPv6 that is switched off", () => {
    namespace.sysctl("net.ipv6.conf.all.disable_ipv6", 1);
    try {
      expect(ask("").ipv6).toEqual({
        family: "inet6",
        method: "off",
        source: "kernel",
        parameter: "net.ipv6.conf.all.disable_ipv6=1",
        dns: [],
        addresses: [],
        in_force: true,
      });
    } finally {
      namespace.sysctl("net.ipv6.conf.all.disable_ipv6", 0);
    }
  });
});
