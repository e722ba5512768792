import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { validateResult } from "../../../generated/results.gen.js";
import type { DnsConfig } from "../../../generated/types.gen.js";
import { Files } from "../../../src/kernel/files.js";
import { dns } from "../../../src/native/net/dns.js";
import { callContext } from "../../world/call-context.js";
import { type RecordedMachine, Sysroot } from "../../world/sysroot.js";

const fixtures = join(import.meta.dirname, "../../fixtures/net");
const text = (name: string): string => readFileSync(join(fixtures, name), "utf8");
const resolvedNode: RecordedMachine = JSON.parse(text("resolved-node.json"));

const laid: Sysroot[] = [];
afterEach(() => {
  for (const sysroot of laid.splice(0)) sysroot.remove();
});

async function dnsOf(machine: RecordedMachine): Promise<DnsConfig> {
  const sysroot = new Sysroot(machine);
  laid.push(sysroot);
  const answer = await dns({ files: new Files(sysroot.folder) })["net.dns"]({}, callContext());
  expect(validateResult["net.dns"](answer), JSON.stringify(validateResult["net.dns"].errors)).toBe(true);
  return answer;
}

const plain = (content: string): RecordedMachine => ({ files: { "/etc/resolv.conf": content }, links: {} });

describe("on a node with systemd-resolved and systemd-networkd", () => {
  it("sees through the stub to the servers, search domains and links behind it", async () => {
    expect(await dnsOf(resolvedNode)).toEqual({
      servers: ["192.0.2.53", "2001:db8::53"],
      nameservers: ["127.0.0.53"],
      search: ["example.org", "example.net"],
      domains: ["example.org", "example.net", "~corp.example", "~vpn.example"],
      options: ["edns0", "trust-ad"],
      source: "systemd-resolved",
      stub: "127.0.0.53",
      resolv_conf_mode: "stub",
      resolv_conf_target: "/run/systemd/resolve/stub-resolv.conf",
      nsswitch_hosts: ["files", "myhostname", "resolve", "[!UNAVAIL=return]", "dns"],
      per_link: [
        {
          ifname: "mos0",
          ifindex: 3,
          servers: ["192.0.2.53", "2001:db8::53", "192.0.2.54"],
          domains: ["example.net", "~corp.example"],
          default_route: true,
          llmnr: "no",
          mdns: "resolve",
          dns_over_tls: "opportunistic",
        },
        {
          ifname: "ext0",
          ifindex: 5,
          servers: ["198.51.100.53", "198.51.100.54", "2001:db8:5::53"],
          domains: ["example.org", "~vpn.example"],
          default_route: false,
          llmnr: "resolve",
          mdns: "no",
          dnssec: "no",
        },
      ],
    });
  });

  it("says of each link what resolvectl said at that moment", async () => {
    const { per_link } = await dnsOf(resolvedNode);
    const sections = text("resolved-node.status.txt").split(/^Link \d+ /m);
    expect(per_link).not.toHaveLength(0);
    for (const { ifname, servers, domains, default_route } of per_link) {
      const section = sections.find((part) => part.startsWith(`(${ifname})`)) ?? "";
      const listed = (label: string) => new RegExp(`${label}: (.*)`).exec(section)?.[1]?.split(" ") ?? [];
      expect(servers).toEqual(listed("DNS Servers").map((entry) => entry.replace(/(:5353)?#.*/, "")));
      expect(domains).toEqual(listed("DNS Domain"));
      expect(section).toContain(default_route ? "+DefaultRoute" : "-DefaultRoute");
    }
  });

  it("takes the links' servers where resolved's own list is not there", async () => {
    const { "/run/systemd/resolve/resolv.conf": _, ...files } = resolvedNode.files;
    const { servers } = await dnsOf({ ...resolvedNode, files });
    expect(servers).toEqual([
      "192.0.2.53",
      "2001:db8::53",
      "192.0.2.54",
      "198.51.100.53",
      "198.51.100.54",
      "2001:db8:5::53",
    ]);
  });

  it("passes over what a link's file holds and no program wrote", async () => {
    const { per_link } = await dnsOf({
      files: {
        "/etc/resolv.conf": "nameserver 127.0.0.53\n",
        "/run/systemd/netif/links/2": `DNS=junk 192.0.2.1%a\u00c2\u00a0b [2001:db8::1]:853%eth0#n\nDOMAINS=a b\u00c2\u00a0c ${"y".repeat(300)}\nLLMNR=${"z".repeat(99)}\n`,
        "/run/systemd/netif/links/99999999999": "DNS=192.0.2.9\n",
        [`/sys/class/net/${"n".repeat(99)}/ifindex`]: "2\n",
      },
      folders: ["/run/systemd/netif/links/7"],
      links: {},
    });
    expect(per_link).toMatchObject([{ ifname: "if2", servers: ["2001:db8::1%eth0"], domains: ["a"] }]);
  });

  it("names a link that is gone by its index", async () => {
    const { "/sys/class/net/ext0/ifindex": _, ...files } = resolvedNode.files;
    const { per_link } = await dnsOf({ ...resolvedNode, files });
    expect(per_link.map(({ ifname }) => ifname)).toEqual(["mos0", "if5"]);
  });
});

describe("who writes /etc/resolv.conf", () => {
  it.each([
    ["networkmanager.conf", "networkmanager", ["192.0.2.53", "fe80::1%eth0"]],
    ["resolvconf.conf", "resolvconf", ["127.0.0.1"]],
    ["openresolv.conf", "openresolv", ["192.0.2.53"]],
    ["dhcpcd.conf", "dhcpcd", ["192.0.2.53", "2001:db8::53"]],
    ["docker.conf", "container", ["127.0.0.11"]],
    ["static-odd.conf", "static", ["192.0.2.53", "2001:db8::53", "fe80::53%eth0", "192.0.2.54"]],
  ])("%s: %s", async (name, source, nameservers) => {
    expect(await dnsOf(plain(text(`resolv/${name}`)))).toMatchObject({
      source,
      nameservers,
      search: expect.arrayContaining(["example.net"]),
      resolv_conf_mode: "foreign",
    });
  });

  it.each([
    ["/run/systemd/resolve/resolv.conf", "systemd-resolved", "uplink"],
    ["/usr/lib/systemd/resolv.conf", "systemd-resolved", "static"],
    ["/run/NetworkManager/resolv.conf", "networkmanager", "foreign"],
    ["/run/resolvconf/resolv.conf", "resolvconf", "foreign"],
    ["/run/connman/resolv.conf", "connman", "foreign"],
    ["/run/netconfig/resolv.conf", "netconfig", "foreign"],
    ["/srv/my.conf", "static", "foreign"],
  ])("is told by a link to %s: %s, %s", async (target, source, mode) => {
    const answer = await dnsOf({
      files: { [target]: "nameserver 192.0.2.53\n" },
      links: { "/etc/resolv.conf": target },
    });
    expect(answer).toMatchObject({ source, resolv_conf_mode: mode, resolv_conf_target: target });
    expect(answer.servers).toEqual(["192.0.2.53"]);
  });

  it("is a container's runtime where a file is mounted over it", async () => {
    const files = {
      "/etc/resolv.conf": "nameserver 192.0.2.53\n",
      "/proc/self/mountinfo": "40 30 8:1 /var/lib/c/resolv.conf /etc/resolv.conf rw - ext4 /dev/sda1 rw\n",
    };
    expect(await dnsOf({ files, links: {} })).toMatchObject({ source: "container" });
  });
});

describe("what the C library would make of the lines", () => {
  it("takes the last search line, adds options up, caps them, and ignores what it does not know", async () => {
    expect(await dnsOf(plain(text("resolv/static-odd.conf")))).toMatchObject({
      search: ["example.net", "corp.example"],
      options: ["ndots:20", "timeout:99", "attempts:7", "rotate", "ndots:3"],
      ndots: 3,
      timeout_seconds: 30,
      attempts: 5,
      rotate: true,
      sortlist: ["192.0.2.0/255.255.255.0", "198.51.100.0"],
    });
  });

  it("takes IPv4 servers in the spellings of old, and none with a carriage return behind it", async () => {
    const lines = ["192.0.2.010", "10.1", "0x7f.1", "1.2.3.4.5", "192.0.2.256", "192.0.2.9#53", "192.0.2.9%eth0"];
    const text = `${lines.map((word) => `nameserver ${word}\n`).join("")}nameserver 192.0.2.1\r\nsearch a.example\r\n`;
    expect(await dnsOf(plain(text))).toMatchObject({
      nameservers: ["192.0.2.8", "10.0.0.1", "127.0.0.1"],
      search: ["a.example"],
    });
  });

  it("shows no word as a domain that can be none", async () => {
    const odd = "search ok.example a\u00c2\u00a0b c\u000bd \u0000e \u00ff\u00fe _also-ok\n";
    expect(await dnsOf(plain(odd))).toMatchObject({
      search: ["ok.example", "_also-ok"],
      domains: ["ok.example", "_also-ok"],
    });
  });

  it("reads the head of a file without end, and takes a folder for no file", async () => {
    const endless = await dnsOf(plain(`nameserver 192.0.2.1\n${"#".repeat(300 * 1024)}\nnameserver 192.0.2.2\n`));
    expect(endless.nameservers).toEqual(["192.0.2.1"]);
    const folder = await dnsOf({ files: {}, folders: ["/etc/resolv.conf"], links: {} });
    expect(folder).toMatchObject({ nameservers: [], source: "none", resolv_conf_mode: "missing" });
  });

  it("finds the servers behind another program's local resolver", async () => {
    const files = {
      "/etc/resolv.conf": "nameserver 127.0.0.1\n",
      "/run/dnsmasq/resolv.conf": "nameserver 127.0.0.1\nnameserver 192.0.2.77\n",
    };
    expect(await dnsOf({ files, links: {} })).toMatchObject({ stub: "127.0.0.1", servers: ["192.0.2.77"] });
  });

  it.each([
    ["a missing file", { files: {}, folders: ["/etc"], links: {} }, undefined],
    [
      "a link to nowhere",
      { files: {}, links: { "/etc/resolv.conf": "../run/gone/resolv.conf" } },
      "/run/gone/resolv.conf",
    ],
  ])("answers %s with empty lists", async (_, machine, target) => {
    const answer = await dnsOf(machine);
    expect(answer).toMatchObject({
      servers: [],
      nameservers: [],
      search: [],
      source: "none",
      resolv_conf_mode: "missing",
    });
    expect(answer.resolv_conf_target).toBe(target);
  });

  it("is not led out of the root by absolute links, `..` or loops", async () => {
    const outside = await dnsOf({ files: {}, links: { "/etc/resolv.conf": "/../../../../../../etc/hostname" } });
    expect(outside).toMatchObject({ source: "none", resolv_conf_target: "/etc/hostname" });
    const loop = await dnsOf({ files: {}, links: { "/etc/resolv.conf": "/etc/other", "/etc/other": "resolv.conf" } });
    expect(loop).toMatchObject({ source: "none", resolv_conf_mode: "missing" });
  });
});

it("says what the daemon's user may not read", async () => {
  class Locked extends Files {
    override headIfThere(path: string, maxBytes: number): Promise<string | undefined> {
      if (path !== "/etc/resolv.conf") return super.headIfThere(path, maxBytes);
      return Promise.reject(Object.assign(new Error(`EACCES: permission denied, open '${path}'`), { code: "EACCES" }));
    }
  }
  const answer = dns({ files: new Locked("/nonexistent") })["net.dns"]({}, callContext());
  await expect(answer).rejects.toMatchObject({
    kind: "unsupported",
    details: { mode: "native", reason: expect.stringContaining("/etc/resolv.conf") },
  });
});
