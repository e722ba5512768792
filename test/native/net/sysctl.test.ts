import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { validateResult } from "../../../generated/results.gen.js";
import type { SysctlReport } from "../../../generated/types.gen.js";
import { Files } from "../../../src/kernel/files.js";
import { sysctl } from "../../../src/native/net/sysctl.js";
import { callContext } from "../../world/call-context.js";
import { describeNetwork, Namespace } from "../../world/namespace.js";
import { Random, seeds } from "../../world/random.js";
import { Sysroot } from "../../world/sysroot.js";

/** What `sysctl -a` prints of the namespace, by name. */
function printed(namespace: Namespace): Map<string, number> {
  const text = namespace.run("sysctl", "-a", "--pattern", "^net\\.(ipv[46]\\.|bridge\\.)").toString();
  const rows = text.split("\n").map((row) => row.split(" = "));
  return new Map(rows.map(([name = "", value]) => [name, Number(value)]));
}

/** Every switch of an answer under the name that `sysctl` gives it. */
function named(report: SysctlReport): [string, number][] {
  const { interfaces, ip_forward, ipv4_all, ipv4_default, ipv6_all = {}, ipv6_default = {} } = report;
  const all = [
    ["net.ipv4.conf.all", ipv4_all],
    ["net.ipv4.conf.default", ipv4_default],
    ["net.ipv6.conf.all", ipv6_all],
    ["net.ipv6.conf.default", ipv6_default],
    ...interfaces.flatMap(({ ifname, ipv4 = {}, ipv6 = {} }) => [
      // `sysctl` writes a dot of a name as a slash.
      [`net.ipv4.conf.${ifname.replaceAll(".", "/")}`, ipv4] as const,
      [`net.ipv6.conf.${ifname.replaceAll(".", "/")}`, ipv6] as const,
    ]),
  ] as const;
  const switches = all.flatMap(([folder, values]) =>
    Object.entries(values).map(([name, value]): [string, number] => [`${folder}.${name}`, value]),
  );
  return [["net.ipv4.ip_forward", ip_forward], ...switches];
}

describeNetwork("net.sysctl beside sysctl", () => {
  describe.each(seeds(25))("in a network whose switches are set by chance, seed %i", (seed) => {
    const namespace = new Namespace();
    let answer: SysctlReport;
    afterAll(() => namespace.remove());
    beforeAll(() => {
      const random = new Random(seed);
      namespace.batch([
        "link add br0 type bridge",
        "link add v0 type veth peer name v1",
        "link add up.5 type veth peer name v2",
        "link add small type ifb",
        "link add tiny type ifb",
        "link set small mtu 1000",
        "link set tiny mtu 60",
      ]);
      const set = (family: string, names: readonly string[], switches: readonly string[]) => {
        for (const one of switches) {
          const name = random.pick(names);
          namespace.run("sh", "-c", `echo ${random.below(2)} > /proc/sys/net/${family}/conf/${name}/${one}`);
        }
      };
      const links = ["all", "default", "lo", "br0", "v0", "v1", "up.5"];
      set("ipv4", links, [
        "forwarding",
        "proxy_arp",
        "rp_filter",
        "arp_filter",
        "log_martians",
        "accept_local",
        "send_redirects",
      ]);
      set("ipv6", links, ["forwarding", "proxy_ndp", "accept_ra", "autoconf", "disable_ipv6", "accept_redirects"]);
      [answer] = namespace.ask([["net.sysctl"]]).answers as [SysctlReport];
    });

    it("answers what it prints, switch by switch and interface by interface", () => {
      const truth = printed(namespace);
      const ours = named(answer);
      expect(ours.length).toBeGreaterThan(200);
      for (const [name, value] of ours) expect(value, name).toBe(truth.get(name));
      const wanted = /\.conf\.[^.]+\.(forwarding|proxy_arp|proxy_ndp|accept_ra|rp_filter|disable_ipv6)$/;
      const known = new Set(ours.map(([name]) => name));
      expect([...truth.keys()].filter((name) => wanted.test(name) && !known.has(name))).toEqual([]);
    });

    it("lists every interface by name, also those that have lost a family to their MTU", () => {
      expect(answer.interfaces.map(({ ifname }) => ifname)).toEqual([
        "br0",
        "lo",
        "small",
        "tiny",
        "up.5",
        "v0",
        "v1",
        "v2",
      ]);
      const families = (name: string) => Object.keys(answer.interfaces.find(({ ifname }) => ifname === name) ?? {});
      expect(families("small")).toEqual(["ifname", "ipv4"]);
      expect(families("tiny")).toEqual(["ifname"]);
    });
  });

  it("of one interface, of one that is not there, and of those that only look like one", () => {
    const namespace = new Namespace();
    try {
      namespace.ip("link add v0 type veth peer name v1");
      const asked = ["v0", "v9", "all", "default", "..", "v0/../v1"].map(
        (name) => ["net.sysctl", { interface: name }] as const,
      );
      const [one, ...none] = namespace.ask(asked).answers as SysctlReport[];
      expect(one?.interfaces.map(({ ifname }) => ifname)).toEqual(["v0"]);
      for (const answer of none) expect(answer).toMatchObject({ kind: "not_found", resource: "interface" });
    } finally {
      namespace.remove();
    }
  });

  it("shows a name that is no UTF-8 as net.interfaces does", () => {
    const namespace = new Namespace();
    try {
      namespace.run("sh", "-c", `ip link add "$(printf 'caf\\351')" type ifb`);
      const [answer] = namespace.ask([["net.sysctl"]]).answers as [SysctlReport];
      expect(answer.interfaces.map(({ ifname }) => ifname)).toEqual(["caf\\xe9", "lo"]);
      expect(answer.interfaces[0]?.ipv4?.proxy_arp).toBe(0);
    } finally {
      namespace.remove();
    }
  });
});

describe("net.sysctl of a recorded machine", () => {
  const conf = (family: string, name: string, values: Record<string, number>) =>
    Object.entries(values).map(([one, value]) => [`/proc/sys/net/${family}/conf/${name}/${one}`, `${value}\n`]);
  const sysroot = new Sysroot({
    files: Object.fromEntries([
      ["/proc/sys/net/ipv4/ip_forward", "1\n"],
      ...["all", "default", "eth0"].flatMap((name) =>
        conf("ipv4", name, { forwarding: 1, proxy_arp: 0, rp_filter: 2 }),
      ),
      ...conf("ipv6", "eth0", { disable_ipv6: 0, forwarding: 1, proxy_ndp: 0, accept_ra: 2 }),
      ["/proc/sys/net/ipv6/conf/eth0/autoconf", "many\n"],
      ["/proc/sys/net/bridge/bridge-nf-call-iptables", "1\n"],
      ["/proc/sys/net/bridge/bridge-nf-call-ip6tables", "0\n"],
      ["/proc/sys/net/bridge/bridge-nf-call-arptables", "1\n"],
    ]),
    links: {},
  });
  afterAll(() => sysroot.remove());
  const ask = (folder: string) => sysctl({ files: new Files(folder) })["net.sysctl"]({}, callContext());

  it("tells what is recorded and leaves out what is not", async () => {
    const answer = await ask(sysroot.folder);
    expect(validateResult["net.sysctl"](answer)).toBe(true);
    expect(answer).toEqual({
      ip_forward: 1,
      ipv4_all: { forwarding: 1, proxy_arp: 0, rp_filter: 2 },
      ipv4_default: { forwarding: 1, proxy_arp: 0, rp_filter: 2 },
      bridge_netfilter: { bridge_nf_call_iptables: 1, bridge_nf_call_ip6tables: 0, bridge_nf_call_arptables: 1 },
      interfaces: [
        {
          ifname: "eth0",
          ipv4: { forwarding: 1, proxy_arp: 0, rp_filter: 2 },
          ipv6: { disable_ipv6: 0, forwarding: 1, proxy_ndp: 0, accept_ra: 2 },
        },
      ],
    });
  });

  it("says that nothing is recorded instead of making switches up", async () => {
    const empty = new Sysroot({ files: {}, folders: ["/proc"], links: {} });
    try {
      await expect(ask(empty.folder)).rejects.toThrow("the recorded machine has no /proc/sys/net/ipv4");
    } finally {
      empty.remove();
    }
  });
});
