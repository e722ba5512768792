import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type MethodName, methods } from "../../../generated/methods.gen.js";
import { TOOL_PACKAGES } from "../../../src/kernel/tools.js";
import { describeNetwork, Namespace } from "../../world/namespace.js";
import { type Call, type Outcome, WriteBench } from "../../world/writes.js";

/** Every `net.*` method of a native node, in an order in which each has something to do. */
const CALLS: readonly Call[] = [
  ["net.status"],
  ["net.config"],
  ["net.lease"],
  ["net.prefix"],
  ["net.vlan"],
  ["net.health"],
  ["net.interfaces"],
  ["net.routes"],
  ["net.neighbors"],
  ["net.dns"],
  ["net.sysctl"],
  ["net.bridge.add", { name: "br1" }],
  ["net.bridge.add", { name: "br2" }],
  ["net.bridge.connect", { a: "br1", b: "br2" }],
  ["net.bridge.add_port", { bridge: "br1", interface: "v1" }],
  ["net.bridge"],
  ["net.vm.create_tap", { name: "vm1", bridge: "br1" }],
  ["net.vm.list"],
  ["net.routes.add", { dst: "10.1.0.0/16", gateway: "192.0.2.9" }],
  ["net.verify"],
  ["net.routes.delete", { dst: "10.1.0.0/16" }],
  ["net.vm.delete_tap", { name: "vm1" }],
  ["net.bridge.remove_port", { bridge: "br1", interface: "v1" }],
  ["net.bridge.delete", { name: "br2", force: true }],
  ["net.firewall.add_rule", { protocol: "tcp", port: 8080 }],
  ["net.firewall"],
  ["net.firewall.remove_rule", { id: "fw-00000000" }],
  ["net.nat.add_dnat", { protocol: "tcp", external_port: 8080, internal_ip: "10.0.0.5", internal_port: 80 }],
  ["net.nat.add_snat", { source_cidr: "10.0.0.0/24", out_interface: "v0" }],
  ["net.nat.status"],
  ["net.nat.remove_dnat", { id: "dnat-00000000" }],
  ["net.nat.remove_snat", { id: "snat-00000000" }],
  ["net.conntrack"],
  ["net.conntrack.stats"],
  ["net.conntrack.flush", { source: "203.0.113.9" }],
  ["net.lease.restart", { interface: "v0" }],
];

/** The programs that the network's methods start; what needs none of them is read and written over netlink and from files. */
const TOOLS = [
  "ip",
  "bridge",
  "nft",
  "conntrack",
  "networkctl",
  "nmcli",
  "dhcpcd",
  "dhclient",
  "udhcpc",
  "resolvectl",
] as const;

/** The methods that cannot do their work without a tool, while no DHCP client runs. */
const NEEDED: Readonly<Record<string, readonly MethodName[]>> = {
  nft: [
    "net.verify",
    "net.firewall",
    "net.firewall.add_rule",
    "net.nat.add_dnat",
    "net.nat.add_snat",
    "net.nat.status",
  ],
};

const kindOf = ({ error }: Outcome): string => error?.kind ?? "ok";

describeNetwork("without a tool", () => {
  const folder = mkdtempSync(join(tmpdir(), "mos-t-path-"));
  const worlds: { bench: WriteBench; namespace: Namespace }[] = [];
  afterAll(() => {
    for (const { bench, namespace } of worlds) {
      bench.remove();
      namespace.remove();
    }
    rmSync(folder, { recursive: true, force: true });
  });

  /** What every method answers in a fresh network with a `PATH` that has only these tools. */
  const answersWith = (name: string, tools: readonly string[]): readonly Outcome[] => {
    const path = join(folder, name);
    mkdirSync(path);
    for (const tool of tools) {
      const place = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"].find((candidate) => existsSync(join(candidate, tool)));
      if (place !== undefined) symlinkSync(join(place, tool), join(path, tool));
    }
    const namespace = new Namespace();
    const bench = new WriteBench(() => namespace.wrapper);
    worlds.push({ bench, namespace });
    namespace.batch(["link set lo up", "link add v0 type veth peer name v1", "link set v0 up", "link set v1 up"]);
    namespace.ip("addr add 192.0.2.1/24 dev v0");
    return bench.run(CALLS, { path }).answers;
  };

  let whole: readonly Outcome[];
  beforeAll(() => {
    whole = answersWith("whole", TOOLS);
  });

  it("every method of the specification is asked", () => {
    const wanted = Object.entries(methods).filter(([name, info]) => name.startsWith("net.") && !info.mosOnly);
    expect([...new Set(CALLS.map(([name]) => name))].sort()).toEqual(wanted.map(([name]) => name).sort());
  });

  it("with all of them nothing is missing, and what was made to succeed does", () => {
    const kinds = whole.map(kindOf);
    expect(kinds).not.toContain("tool_missing");
    expect(kinds).not.toContain("internal_error");
    expect(kinds.filter((kind) => kind === "ok").length).toBeGreaterThan(30);
  });

  // Nothing here runs the clients' tools while no client runs: once each is enough in the deep run.
  const taken = process.env.MOS_TEST_DEEP === "1" ? TOOLS : (["ip", "nft"] as const);
  describe.each([...taken, "all of them"] as const)("%s", (tool) => {
    it("the methods that need it name it and its Debian package, the others answer as ever", () => {
      const left = TOOLS.filter((one) => tool !== "all of them" && one !== tool);
      const answers = answersWith(tool.replaceAll(" ", "-"), left);
      const gone = new Set<string>(tool === "all of them" ? TOOLS : [tool]);
      const hit = new Set<string>();
      for (const [at, answer] of answers.entries()) {
        const [name] = CALLS[at] ?? [""];
        if (kindOf(answer) !== "tool_missing") {
          expect(kindOf(answer), name).toBe(kindOf(whole[at] ?? {}));
          continue;
        }
        hit.add(name);
        const { tool: named, package: held } = answer.error ?? { kind: "" };
        expect(gone.has(String(named)), `${name} misses ${named}`).toBe(true);
        expect(held).toBe(TOOL_PACKAGES[named as keyof typeof TOOL_PACKAGES]);
      }
      const expected = [...gone].flatMap((one) => NEEDED[one] ?? []);
      expect([...hit].sort()).toEqual([...new Set(expected)].sort());
    });
  });
});
