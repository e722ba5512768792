import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { validateResult } from "../../../generated/results.gen.js";
import type { NetStatus } from "../../../generated/types.gen.js";
import { ToolMissing } from "../../../src/kernel/exec.js";
import { Files } from "../../../src/kernel/files.js";
import type { NetReader } from "../../../src/kernel/net-model.js";
import { netReader } from "../../../src/kernel/net-reader.js";
import { interfaces } from "../../../src/native/net/interfaces.js";
import { neighbors } from "../../../src/native/net/neighbors.js";
import { routeReads } from "../../../src/native/net/routes.js";
import { status } from "../../../src/native/net/status.js";
import { callContext } from "../../world/call-context.js";
import { describeNetwork, Namespace } from "../../world/namespace.js";
import { Sysroot } from "../../world/sysroot.js";
import { WriteBench } from "../../world/writes.js";

const uname = (flag: string): string => execFileSync("uname", [flag], { encoding: "utf8" }).trim();
const about = { version: "1.2.3", nodeId: "0123456789abcdef0123456789abcdef", managed: [] };

describeNetwork("net.status in a network", () => {
  const namespace = new Namespace();
  let answer: NetStatus;
  afterAll(() => namespace.remove());
  beforeAll(() => {
    for (const name of ["br0", "br1"]) namespace.ip(`link add ${name} type bridge`);
    namespace.ip("link set br0 alias my_os_server:bridge");
    namespace.ip("tuntap add dev vm1 mode tap");
    namespace.ip("link set vm1 alias my_os_server:tap");
    namespace.ip("link add up0 type veth peer name up0p");
    for (const link of ["lo", "up0", "up0p"]) namespace.ip(`link set ${link} up`);
    namespace.batch([
      "addr add 192.0.2.1/24 dev up0",
      "addr add 10.0.0.9/32 dev up0 scope link",
      "addr add 198.51.100.1/24 dev br0",
      "addr add 2001:db8::1/64 dev up0 nodad",
      "route add default via 192.0.2.254 metric 50 proto dhcp",
      "route add default via 192.0.2.253 metric 5 table 100",
      "route add default metric 90 nexthop via 192.0.2.251 nexthop via inet6 2001:db8::9 dev up0",
      "route add unreachable default metric 4000",
      "route add default via 2001:db8::fe dev up0 proto ra metric 7",
      "route add 203.0.113.0/24 via 192.0.2.9 proto 109",
    ]);
    [answer] = namespace.ask([["net.status"]]).answers as [NetStatus];
  });

  it("lists where the node can be reached: no links that are down, no addresses of a narrow scope", () => {
    expect(answer.addresses).toEqual([
      { family: "inet", local: "192.0.2.1", prefixlen: 24, ifname: "up0", scope: "global" },
      { family: "inet6", local: "2001:db8::1", prefixlen: 64, ifname: "up0", scope: "global" },
    ]);
  });

  it("lists every way out, by family and metric, each of several next hops by itself", () => {
    const via = (gateway: string, metric: number, table = "main", protocol = "boot") => ({
      family: "inet",
      gateway,
      dev: "up0",
      metric,
      table,
      protocol,
    });
    expect(answer.default_gateways).toEqual([
      via("192.0.2.253", 5, "100"),
      via("192.0.2.254", 50, "main", "dhcp"),
      via("192.0.2.251", 90),
      via("2001:db8::9", 90),
      { family: "inet6", gateway: "2001:db8::fe", dev: "up0", metric: 7, table: "main", protocol: "ra" },
    ]);
  });

  it("counts what the registries hold, not what carries a mark", () => {
    expect(answer.managed).toMatchObject({ bridges: 0, taps: 0, routes: 0, connections: 0, dnat: 0 });
    const bench = new WriteBench(() => namespace.wrapper);
    try {
      const add = (dst: string) => ["net.routes.add", { dst, gateway: "192.0.2.9" }] as const;
      const { answers } = bench.run([add("10.1.0.0/16"), add("10.2.0.0/16"), ["net.status"]]);
      expect(answers[2]?.result?.managed).toMatchObject({ bridges: 0, routes: 2, snat: 0 });
    } finally {
      bench.remove();
    }
  });

  it("tells the machine and the tools as they are", () => {
    expect(answer).toMatchObject({
      hostname: uname("-n"),
      kernel: { sysname: "Linux", release: uname("-r"), version: uname("-v"), machine: uname("-m") },
      boot_id: readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(),
      mode: "native",
    });
    const ip = execFileSync("sh", ["-c", "command -v ip"], { encoding: "utf8" }).trim();
    expect(answer.tools).toContainEqual({ name: "ip", present: true, path: ip, package: "iproute2" });
    expect(
      Math.abs(answer.system_uptime_seconds - Number(readFileSync("/proc/uptime", "utf8").split(" ")[0])),
    ).toBeLessThan(60);
  });
});

describe("under a sysroot", () => {
  const sysroot = new Sysroot({
    files: {
      "/proc/sys/kernel/hostname": "recorded\n",
      "/proc/sys/kernel/osrelease": "6.1.0-18-amd64\n",
      "/proc/sys/kernel/ostype": "Linux\n",
      "/proc/sys/kernel/version": "#1 SMP Debian 6.1.76-1\n",
      "/proc/sys/kernel/arch": "x86_64\n",
      "/proc/sys/kernel/random/boot_id": "5c1a1f0e-3c5e-4d8a-9a43-0d4f8c6f8a11\n",
      "/proc/uptime": "86440.55 1000.00\n",
      "/usr/lib/os-release": 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
    },
    links: { "/etc/os-release": "/usr/lib/os-release" },
  });
  const files = new Files(sysroot.folder);
  const deps = { files, net: netReader(files, () => {}), ...about };
  afterAll(() => sysroot.remove());

  it("net.status tells the recorded machine, without what only a kernel knows", async () => {
    const answer = await status(deps)["net.status"]({}, callContext());
    expect(validateResult["net.status"](answer)).toBe(true);
    expect(answer).toMatchObject({
      hostname: "recorded",
      kernel: { sysname: "Linux", release: "6.1.0-18-amd64", version: "#1 SMP Debian 6.1.76-1", machine: "x86_64" },
      os: { id: "debian", version_id: "12", pretty_name: "Debian GNU/Linux 12 (bookworm)" },
      boot_id: "5c1a1f0e-3c5e-4d8a-9a43-0d4f8c6f8a11",
      system_uptime_seconds: 86440,
      sysroot: sysroot.folder,
      version: "1.2.3",
      node_id: about.nodeId,
    });
    expect(answer).not.toHaveProperty("addresses");
    expect(answer).not.toHaveProperty("default_gateways");
  });

  it("net.status keeps to its schema whatever the recorded files hold", async () => {
    const odd = new Sysroot({
      files: {
        "/proc/sys/kernel/hostname": "h".repeat(500),
        "/proc/sys/kernel/version": "v".repeat(500),
        "/proc/sys/kernel/random/boot_id": "NOT-A-UUID\n",
        "/proc/uptime": "soon\n",
        "/etc/os-release": `ID="${"i".repeat(99)}"\nVERSION_ID=${"1".repeat(99)}\nPRETTY_NAME='${"p".repeat(500)}'\n`,
      },
      folders: ["/proc/sys/kernel/osrelease"],
      links: {},
    });
    try {
      const answer = await status({ ...deps, files: new Files(odd.folder) })["net.status"]({}, callContext());
      expect(validateResult["net.status"](answer), JSON.stringify(validateResult["net.status"].errors)).toBe(true);
      expect(answer).toMatchObject({ boot_id: expect.stringMatching(/^0{8}-/), system_uptime_seconds: 0 });
      expect(answer.kernel.release).toBe("");
    } finally {
      odd.remove();
    }
  });

  it("the reads that ask the kernel say why they cannot", async () => {
    const handlers = { ...interfaces(deps), ...routeReads(deps), ...neighbors(deps) };
    for (const method of ["net.interfaces", "net.routes", "net.neighbors"] as const) {
      await expect(handlers[method]({}, callContext())).rejects.toMatchObject({
        kind: "unsupported",
        details: { mode: "native", reason: expect.stringContaining("--sysroot") },
      });
    }
  });
});

describe("where `ip` would be asked and is not installed", () => {
  it("net.status leaves the network out and says which tools are missing", async () => {
    const missing = () => Promise.reject(new ToolMissing("ip"));
    const net: NetReader = { links: missing, routes: missing, neighbors: missing, fdb: missing };
    const answer = await status({ files: new Files(), net, ...about })["net.status"]({}, callContext());
    expect(validateResult["net.status"](answer)).toBe(true);
    expect(answer).not.toHaveProperty("addresses");
    expect(answer.tools.map(({ name }) => name)).toContain("ip");
    const asked = interfaces({ files: new Files(), net })["net.interfaces"]({}, callContext());
    await expect(asked).rejects.toMatchObject({ kind: "tool_missing", details: { tool: "ip", package: "iproute2" } });
  });
});
