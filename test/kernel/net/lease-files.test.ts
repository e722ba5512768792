import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parseDhclientLeases } from "../../../src/kernel/dhcp/dhclient-leases.js";
import { parseDhcp4 } from "../../../src/kernel/dhcp/dhcp4-message.js";
import { parseDhcp6 } from "../../../src/kernel/dhcp/dhcp6-message.js";
import { parseDhcp6cConfig } from "../../../src/kernel/dhcp/dhcp6c-config.js";
import { MAX_LEASE_FILE } from "../../../src/kernel/dhcp/lease.js";
import { leaseFile } from "../../../src/kernel/dhcp/lease-files.js";
import { parseNetworkdLease, parseNetworkdLink, spanSeconds } from "../../../src/kernel/dhcp/networkd-leases.js";
import { parseNetworkManagerDevice } from "../../../src/kernel/dhcp/networkmanager-device.js";
import { Files } from "../../../src/kernel/files.js";
import { Random } from "../../world/random.js";
import { Sysroot } from "../../world/sysroot.js";

const recorded = (name: string): Buffer => readFileSync(join(import.meta.dirname, "../../fixtures/net/leases", name));
const at = (text: string): number => Date.parse(text);

/** What the server of every recording said to every client. */
const OFFERED = {
  prefixlen: 24,
  server: "192.0.2.1",
  routers: ["192.0.2.1"],
  dns: ["192.0.2.53"],
  ntp: ["192.0.2.123"],
  domain: "example.net",
  search: ["example.net", "lab.example.net"],
  hostname: "vm",
  mtu: 1450,
  broadcast: "192.0.2.255",
  routes: [
    { dst: "default", gateway: "192.0.2.1" },
    { dst: "198.51.100.0/24", gateway: "192.0.2.2" },
  ],
  lifetimeSeconds: 3600,
};

describe("what each client keeps of one and the same server's answer", () => {
  it("dhclient, DHCPv4", () => {
    expect(parseDhclientLeases(recorded("dhclient.leases").toString("latin1"))).toEqual([
      {
        ifname: "up0",
        kind: "dhcp4",
        details: {
          ...OFFERED,
          address: "192.0.2.78",
          obtainedAt: at("2026-11-25T18:43:57Z"),
          renewAt: at("2026-11-25T19:13:27Z"),
          rebindAt: at("2026-11-25T19:36:27Z"),
          expiresAt: at("2026-11-25T19:43:57Z"),
        },
      },
    ]);
  });

  it("dhclient, DHCPv6", () => {
    const starts = 1_795_632_238_000;
    expect(parseDhclientLeases(recorded("dhclient6.leases").toString("latin1"))).toEqual([
      {
        ifname: "up0",
        kind: "dhcp6",
        details: {
          address: "2001:db8:1::168c",
          routers: [],
          dns: ["2001:db8:1::53"],
          search: ["six.example.net"],
          duid: "00:01:00:01:32:99:e8:ed:02:00:00:00:00:10",
          serverDuid: "00:01:00:01:32:99:e8:e1:fe:3d:58:1c:64:2a",
          iaid: 0x10,
          obtainedAt: starts,
          renewAt: starts + 3600_000,
          rebindAt: starts + 6300_000,
          preferredUntil: starts + 7200_000,
          expiresAt: starts + 7200_000,
          lifetimeSeconds: 7200,
        },
      },
    ]);
  });

  it("dhclient, a delegated prefix behind leases that were released", () => {
    const found = parseDhclientLeases(recorded("dhclient6.pd.leases").toString("latin1"));
    expect(
      found.map(({ kind, details }) => [kind, details.address ?? `${details.prefix}/${details.prefixlen}`]),
    ).toEqual([
      ["dhcp6", "2001:db8:1::168c"],
      ["prefix_delegation", "2001:db8:10f:ff00::/56"],
    ]);
    expect(found[1]?.details).toMatchObject({
      iaid: 0x10,
      preferredUntil: 1_795_632_312_000 + 3000_000,
      expiresAt: 1_795_632_312_000 + 7000_000,
      serverDuid: "00:01:00:01:32:99:e9:37:fe:3d:58:1c:64:2a",
    });
    // T1 and T2 of 0 are the client's to choose, and it does not note its choice.
    expect(found[1]?.details).not.toHaveProperty("renewAt");
  });

  it("dhcpcd, DHCPv4: the message itself", () => {
    expect(parseDhcp4(recorded("dhcpcd.up0.lease"))).toEqual({
      // It asks for neither time servers nor a name.
      details: { ...unasked(OFFERED), address: "192.0.2.78" },
      leaseSeconds: 3600,
      renewSeconds: 1800,
      rebindSeconds: 3150,
    });
  });

  it("dhcpcd, DHCPv6: the message itself", () => {
    const [lease, ...more] = parseDhcp6(recorded("dhcpcd.up0.lease6"), 1_000_000);
    expect(more).toEqual([]);
    expect(lease).toEqual({
      kind: "dhcp6",
      details: {
        address: "2001:db8:1::1498",
        routers: [],
        dns: ["2001:db8:1::53"],
        search: ["six.example.net"],
        duid: recorded("dhcpcd.duid").toString().trim(),
        serverDuid: "00:01:00:01:32:99:e8:e1:fe:3d:58:1c:64:2a",
        iaid: 0x10,
        obtainedAt: 1_000_000,
        renewAt: 1_000_000 + 3600_000,
        rebindAt: 1_000_000 + 6300_000,
        preferredUntil: 1_000_000 + 7200_000,
        expiresAt: 1_000_000 + 7200_000,
        lifetimeSeconds: 7200,
      },
    });
  });

  it("dhcpcd, a delegated prefix", () => {
    const found = parseDhcp6(recorded("dhcpcd.pd.lease6"), 0);
    expect(found.map(({ kind }) => kind)).toEqual(["dhcp6", "prefix_delegation"]);
    expect(found[1]?.details).toMatchObject({
      prefix: "2001:db8:10f:fe00::",
      prefixlen: 56,
      iaid: 2,
      expiresAt: 7000_000,
    });
  });

  it("systemd-networkd", () => {
    expect(parseNetworkdLease(recorded("networkd.lease").toString())).toEqual({
      details: {
        ...OFFERED,
        address: "192.0.2.78",
        clientId: "ff:b1:49:d7:90:00:02:00:00:ab:11:00:33:bd:eb:f9:5e:19:2c",
      },
      renewSeconds: 1800,
      rebindSeconds: 3150,
    });
    expect(parseNetworkdLink(recorded("networkd.link").toString())).toEqual({
      networkFile: "/run/systemd/network/10-up.network",
      iaid: 0xb149d790,
      duid: "00:02:00:00:ab:11:00:33:bd:eb:f9:5e:19:2c",
    });
    expect(parseNetworkdLink("ADMIN_STATE=unmanaged\n")).toBeUndefined();
  });

  it("NetworkManager", () => {
    const expiresAt = 1_795_636_314_000;
    expect(parseNetworkManagerDevice(recorded("networkmanager.device").toString())).toEqual({
      managed: true,
      connection: "0c1f9d0e-0b7b-4b0e-9d6f-0a4d8a1f2c11",
      dhcp4: {
        ...OFFERED,
        address: "192.0.2.79",
        clientId: "01:02:00:00:00:00:10",
        obtainedAt: expiresAt - 3600_000,
        expiresAt,
      },
      dhcp6: {
        address: "2001:db8:1::1e14",
        routers: [],
        dns: ["2001:db8:1::53"],
        search: ["six.example.net"],
        hostname: "vm",
        duid: "00:04:33:e8:7c:10:b6:ad:ca:84:2d:29:a2:c5:ad:73:f3:86",
        iaid: 0xb755311e,
      },
    });
  });

  it("dhcp6c keeps nothing, but its configuration says what it asks for", () => {
    expect(parseDhcp6cConfig(recorded("dhcp6c.conf").toString())).toEqual({
      prefixes: [{ ifname: "up0", iaid: 5, subnets: [{ ifname: "in0", slaBits: 8 }] }],
      addresses: [{ ifname: "up0", iaid: 6 }],
    });
  });
});

const unasked = <T extends { ntp: unknown; hostname: unknown }>({ ntp: _, hostname: __, ...rest }: T) => rest;

describe("the forms that clients write seldom", () => {
  const lease = (more: string) =>
    parseDhclientLeases(`lease { interface "e0"; fixed-address 192.0.2.9; ${more} }`)[0]?.details;

  it("dhclient: local time, leases without end, strings as identifiers, the last of several", () => {
    expect(lease("expire epoch 1795632238; # Wed Nov 25\n")).toMatchObject({ expiresAt: 1_795_632_238_000 });
    expect(lease("option dhcp-lease-time 4294967295; expire never;")).toMatchObject({
      expiresAt: Number.POSITIVE_INFINITY,
      lifetimeSeconds: 0xffff_ffff,
    });
    expect(lease('option dhcp-client-identifier "\\001abc";')).toMatchObject({ clientId: "01:61:62:63" });
    expect(lease("expire 9 2026/99/99 99:99:99; renew soon; option interface-mtu 99999;")).toEqual(
      expect.not.objectContaining({ renewAt: expect.anything(), mtu: expect.anything() }),
    );
    const two = [1, 2].map((host) => `lease { interface "e0"; fixed-address 192.0.2.${host}; }`).join("\n");
    expect(parseDhclientLeases(two).map(({ details }) => details.address)).toEqual(["192.0.2.2"]);
    const half = `${two}\nlease { interface "e0"; fixed-address 192.0.2.3;`;
    expect(parseDhclientLeases(half).map(({ details }) => details.address)).toEqual(["192.0.2.2"]);
  });

  it("numbers and identifiers beyond what a lease can have are cut to it", () => {
    const long = "ab:".repeat(500).slice(0, -1);
    expect(lease(`option dhcp-lease-time 9999999999; option dhcp-client-identifier ${long};`)).toMatchObject({
      lifetimeSeconds: 0xffff_ffff,
      clientId: expect.stringMatching(/^(ab:){129}ab$/),
    });
    const six = `lease6 { interface "e0"; ia-na 00:00:00:01 { starts 1; iaaddr 2001:db8::1 { starts 1; max-life 9999999999; } } option dhcp6.client-id ${long}; }`;
    expect(parseDhclientLeases(six)[0]?.details).toMatchObject({
      lifetimeSeconds: 0xffff_ffff,
      expiresAt: Number.POSITIVE_INFINITY,
      duid: expect.stringMatching(/^(ab:){129}ab$/),
    });
    expect(spanSeconds("9999999999")).toBe(0xffff_ffff);
  });

  it("systemd: spans of time as newer releases write them", () => {
    expect(["3600", "1h", "1h 30min 5s", "1w 1d", "infinity", "", "soon", "-1"].map(spanSeconds)).toEqual([
      3600,
      3600,
      5405,
      691_200,
      0xffff_ffff,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("DHCPv4: long options in parts, options in the name fields, half and seven eighths where T1 and T2 are absent", () => {
    const message = Buffer.alloc(236);
    message.set([192, 0, 2, 9], 16);
    message.set([15, 3, 110, 101, 116, 255], 108);
    const options = [
      0x63, 0x82, 0x53, 0x63, 51, 4, 0, 0, 0, 80, 6, 2, 192, 0, 6, 2, 2, 1, 52, 1, 1, 1, 4, 255, 0, 255, 0, 255,
    ];
    expect(parseDhcp4(Buffer.concat([message, Buffer.from(options)]))).toEqual({
      details: { address: "192.0.2.9", routers: [], dns: ["192.0.2.1"], domain: "net", lifetimeSeconds: 80 },
      leaseSeconds: 80,
      renewSeconds: 40,
      rebindSeconds: 70,
    });
  });
});

describe("what is no lease file", () => {
  const parsers: readonly [string, (bytes: Buffer) => unknown][] = [
    ["dhclient.leases", (bytes) => parseDhclientLeases(bytes.toString("latin1"))],
    ["dhclient6.pd.leases", (bytes) => parseDhclientLeases(bytes.toString("latin1"))],
    ["dhcpcd.up0.lease", parseDhcp4],
    ["dhcpcd.pd.lease6", (bytes) => parseDhcp6(bytes, 0)],
    ["networkd.lease", (bytes) => parseNetworkdLease(bytes.toString())],
    ["networkd.link", (bytes) => parseNetworkdLink(bytes.toString())],
    ["networkmanager.device", (bytes) => parseNetworkManagerDevice(bytes.toString())],
    ["dhcp6c.conf", (bytes) => parseDhcp6cConfig(bytes.toString())],
  ];

  it.each(parsers)("%s: changed bytes, missing ends and noise are data to its parser", (name, parse) => {
    const random = new Random(7);
    const whole = recorded(name);
    for (let round = 0; round < 300; round++) {
      const bytes = Buffer.from(whole);
      for (let change = 0; change < random.between(1, 12); change++)
        bytes[random.below(bytes.length)] = random.below(256);
      expect(() =>
        parse(bytes.subarray(0, random.chance(0.5) ? random.below(bytes.length) : bytes.length)),
      ).not.toThrow();
    }
    const noise = Buffer.from(Array.from({ length: 4096 }, () => random.below(256)));
    expect(() => parse(noise)).not.toThrow();
    expect(() => parse(Buffer.alloc(0))).not.toThrow();
  });

  it("a deep nest, an endless list, a name that runs in a circle", () => {
    expect(parseDhclientLeases("{".repeat(100_000))).toEqual([]);
    expect(parseDhclientLeases("lease6 {".repeat(50) + "}".repeat(50))).toEqual([]);
    expect(parseDhcp6cConfig("{".repeat(100_000))).toEqual({ prefixes: [], addresses: [] });
    const circle = Buffer.from([7, 0, 0, 0, 0, 24, 0, 2, 0xc0, 0]);
    expect(parseDhcp6(circle, 0)).toEqual([]);
    const servers = `lease { interface "e0"; fixed-address 192.0.2.9; option domain-name-servers ${Array(5000).fill("192.0.2.1").join(",")}; }`;
    expect(parseDhclientLeases(servers)[0]?.details.dns).toHaveLength(64);
  });
});

describe("reading lease files", () => {
  const sysroot = new Sysroot({ files: { "/var/lib/dhcp/good": "text" }, links: {} });
  afterAll(() => sysroot.remove());
  const folder = join(sysroot.folder, "var/lib/dhcp");
  const files = new Files(sysroot.folder);

  it("takes plain files alone, and of a huge one its end", async () => {
    expect((await leaseFile(files, "/var/lib/dhcp/good"))?.bytes.toString()).toBe("text");
    mkdirSync(join(folder, "folder"));
    execFileSync("mkfifo", [join(folder, "fifo")]);
    symlinkSync("/nowhere", join(folder, "dangling"));
    symlinkSync("loop", join(folder, "loop"));
    for (const name of ["folder", "fifo", "dangling", "loop", "missing"]) {
      expect(await leaseFile(files, `/var/lib/dhcp/${name}`), name).toBeUndefined();
    }
    expect(await leaseFile(new Files(), "/dev/zero")).toBeUndefined();
    writeFileSync(join(folder, "huge"), "");
    truncateSync(join(folder, "huge"), 8 * MAX_LEASE_FILE);
    writeFileSync(join(folder, "huge"), "the end", { flag: "a" });
    const huge = await leaseFile(files, "/var/lib/dhcp/huge");
    expect(huge).toMatchObject({ isCut: true });
    expect(huge?.bytes.length).toBe(MAX_LEASE_FILE);
    expect(huge?.bytes.subarray(-7).toString()).toBe("the end");
  });
});
