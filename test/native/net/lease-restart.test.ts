import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Lease, LeaseRestart, RestartLeaseResult } from "../../../generated/types.gen.js";
import { DhcpWorld } from "../../world/dhcp.js";
import { dhcpClients } from "../../world/dhcp-clients.js";
import { describeNetwork } from "../../world/namespace.js";
import { WriteBench } from "../../world/writes.js";

const ACTIONS: Readonly<Record<string, LeaseRestart["action"]>> = {
  dhclient: "release_and_start",
  udhcpc: "release_and_renew",
  dhcpcd: "rebind",
  "systemd-networkd": "reconfigure",
  networkmanager: "reapply",
};

/** Another server on the same wire, with another range and another router. */
const MOVED = [
  "--dhcp-authoritative",
  "--dhcp-range=192.0.2.150,192.0.2.160,2h",
  "--dhcp-option=option:router,192.0.2.2",
  "--dhcp-option=option:dns-server,192.0.2.54",
];

describeNetwork("net.lease.restart with real clients", () => {
  describe.each(dhcpClients())("$name", ({ name, kinds, start }) => {
    const world = new DhcpWorld();
    const bench = new WriteBench(() => world.wrapper);
    let server: ChildProcess;
    beforeAll(async () => {
      await world.open();
      server = world.dnsmasq();
      start(world);
      await world.until<Lease[]>(["net.lease", { interface: "up0" }], (found) => found.length >= kinds.length);
      // The kernel counts in seconds: a lease that is a moment older tells from the old one.
      await new Promise((resolve) => setTimeout(resolve, 3000));
    });
    afterAll(async () => {
      bench.remove();
      await world.close();
    });
    const restart = (params: object) => bench.run([["net.lease.restart", params]]).answers[0] ?? {};

    it("gets a new lease, and address, route and name server follow what the server says now", async () => {
      const [before] = (world.ask(["net.lease", { interface: "up0", family: "inet" }])[0] as Lease[]) ?? [];
      server.kill("SIGKILL");
      await once(server, "exit");
      world.dnsmasqWith(MOVED);
      const { result, error } = restart({ interface: "up0", family: "inet" });
      expect(error).toBeUndefined();
      const { changed, restarted, warnings } = result as unknown as RestartLeaseResult;
      expect(restarted).toHaveLength(1);
      const [entry] = restarted;
      expect(entry).toMatchObject({
        interface: "up0",
        family: "inet",
        client: name,
        action: ACTIONS[name],
        pending: false,
      });
      expect(entry?.previous.map(({ address }) => address)).toEqual([before?.address]);
      // NetworkManager's reapply keeps a lease that still runs: that is said, not hidden.
      if (name === "networkmanager") {
        expect([changed, warnings.map(({ kind }) => kind)]).toEqual([false, ["lease_unchanged"]]);
        return;
      }
      expect([changed, entry?.changed, warnings]).toEqual([true, true, []]);
      const [lease] = entry?.leases ?? [];
      expect(lease?.address).toMatch(/^192\.0\.2\.1[56]\d$/);
      const shown = world.run("ip", "-4", "addr", "show", "up0");
      expect(shown).toContain(`inet ${lease?.address}/`);
      expect(shown).not.toContain(`inet ${before?.address}/`);
      expect(world.run("ip", "route", "show", "default")).toContain("via 192.0.2.2 ");
      if (name !== "udhcpc")
        expect(lease).toMatchObject({ routers: ["192.0.2.2"], dns: ["192.0.2.54"], lifetime_seconds: 7200 });
    });
  });

  describe("over a connection that would be cut", () => {
    const world = new DhcpWorld();
    const bench = new WriteBench(() => world.wrapper);
    let lease: Lease | undefined;
    const held = () => world.ask(["net.lease", { interface: "up0", family: "inet" }])[0] as Lease[];
    beforeAll(async () => {
      await world.open();
      world.dnsmasq();
      world.script("dhclient -4 up0 </dev/null >/dev/null 2>&1");
      [lease] = await world.until<Lease[]>(["net.lease", { family: "inet" }], (found) => found.length > 0);
      await world.sshSession(lease?.address ?? "");
    });
    afterAll(async () => {
      bench.remove();
      await world.close();
    });

    it("is refused while an SSH session comes in over the interface", () => {
      const [answer] = bench.run([["net.lease.restart", { interface: "up0" }]]).answers;
      const name = expect.stringContaining(`${lease?.address}:22 192.0.2.1:`);
      const holders = [{ kind: "connection", reason: "established inbound SSH session", name }];
      expect(answer?.error).toMatchObject({ kind: "in_use", resource: "interface", name: "up0", holders });
      expect(held().map(({ obtained_at }) => obtained_at)).toEqual([lease?.obtained_at]);
    });

    it("names the client's own program where that is missing, and lets the lease be", () => {
      const call = ["net.lease.restart", { interface: "up0", force: true }] as const;
      const [answer] = bench.run([call], { path: "/nonexistent" }).answers;
      expect(answer?.error).toMatchObject({ kind: "tool_missing", tool: "dhclient", package: "isc-dhcp-client" });
      expect(held().map(({ obtained_at }) => obtained_at)).toEqual([lease?.obtained_at]);
    });

    it("answers the caller whose own connection it is first, and starts over behind the answer", () => {
      const call = ["net.lease.restart", { interface: "up0", family: "inet", force: true }] as const;
      const [answer] = bench.run([call], { address: "192.0.2.1", lingerMs: 8000 }).answers;
      const leases = [{ address: lease?.address, obtained_at: lease?.obtained_at }];
      expect(answer?.result).toMatchObject({ changed: false, warnings: [], restarted: [{ pending: true, leases }] });
      const [now] = held();
      expect(Date.parse(now?.obtained_at ?? "")).toBeGreaterThan(Date.parse(lease?.obtained_at ?? ""));
    });
  });

  it("says why nothing can be restarted, and changes nothing", async () => {
    const world = new DhcpWorld();
    const bench = new WriteBench(() => world.wrapper);
    try {
      await world.open();
      const calls = [{}, { interface: "up0" }, { interface: "up9" }, { interface: "lo", family: "inet6" }];
      const { answers } = bench.run(calls.map((params) => ["net.lease.restart", params] as const));
      expect(answers.map(({ error }) => error?.kind)).toEqual([
        "unsupported",
        "unsupported",
        "not_found",
        "unsupported",
      ]);
      expect(answers[1]?.error).toMatchObject({
        reason: "no DHCP client runs for up0, and this daemon runs none of its own",
      });
      world.script(
        "printf 'interface up0 { send ia-na 6; };\\nid-assoc na 6 { };\\n' >/run/dhcp6c.conf; dhcp6c -c /run/dhcp6c.conf -p /run/dhcp6c.pid up0",
      );
      const [unable] = bench.run([["net.lease.restart", { interface: "up0" }]]).answers;
      expect(unable?.error).toMatchObject({ kind: "unsupported", reason: expect.stringContaining("dhcp6c") });
    } finally {
      bench.remove();
      await world.close();
    }
  });

  it("takes nobody's program for a client that is only called like one", async () => {
    const world = new DhcpWorld();
    const bench = new WriteBench(() => world.wrapper);
    try {
      await world.open();
      world.script(`cp /bin/sleep /run/dhclient; chmod 755 /run/dhclient
        setpriv --reuid=65534 --regid=65534 --clear-groups /run/dhclient 600 </dev/null >/dev/null 2>&1 &
        for _ in $(seq 200); do pgrep --exact --uid 65534 dhclient >/dev/null && break; sleep 0.05; done`);
      const pid = world.run("pgrep", "--exact", "--uid", "65534", "--newest", "dhclient").trim();
      const [answer] = bench.run([["net.lease.restart", { interface: "up0" }]]).answers;
      expect(answer?.error).toMatchObject({ kind: "unsupported" });
      expect(world.run("ps", "-o", "stat=", "-p", pid).trim()).toMatch(/^S/);
    } finally {
      bench.remove();
      await world.close();
    }
  });
});
