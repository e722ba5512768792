import { join } from "node:path";
import { expect, it } from "vitest";
import { describeGuest, suiteGuest } from "../world/guest.js";
import type { Call, Outcome, State } from "../world/writes.js";

/** Debian 12's own. */
describeGuest("packet rules on an older kernel", () => {
  const guest = suiteGuest({
    modules: ["nf_conntrack_netlink", "nft_ct", "nft_nat", "nft_masq", "nft_fib_inet", "nft_chain_nat", "nf_tables"],
  });

  /** Calls of the daemon's own code, inside. */
  async function inside(calls: readonly Call[]): Promise<State & { answers: readonly Outcome[] }> {
    await guest().output(["mkdir", "-p", "/run/state"]);
    const script = join(import.meta.dirname, "../world/call-writes.mjs");
    const input = JSON.stringify({ stateDir: "/run/state", calls });
    const output = await guest().output([process.execPath, script], { input });
    return JSON.parse(output.trim().split("\n").at(-1) ?? "");
  }

  it("flushes the zone that is named and no other one", async () => {
    expect(await guest().output(["uname", "-r"])).toMatch(/^6\.1\./);
    const entry = (source: string, destination: string, zone: number) =>
      guest().output([
        ...["conntrack", "-I", "-p", "udp", "-s", source, "-d", destination, "--sport", "1000", "--dport", "53"],
        ...["-t", "600", ...(zone === 0 ? [] : ["-w", String(zone)])],
      ]);
    for (const zone of [0, 5, 7]) {
      await entry("10.0.0.1", "10.0.0.2", zone);
      await entry("fd00::1", "fd00::2", zone);
    }
    const { answers } = await inside([
      ["net.conntrack", { zone: 5 }],
      ["net.conntrack.flush", { zone: 5 }],
      ["net.conntrack", {}],
      ["net.conntrack.flush", { zone: 5 }],
    ]);
    expect(answers).toMatchObject([
      { result: { total: 2 } },
      { result: { changed: true, matched: 2, deleted: 2 } },
      { result: { total: 4 } },
      { result: { changed: false, matched: 0, deleted: 0 } },
    ]);
    const zones = ((answers[2]?.result?.entries ?? []) as { zone: number }[]).map(({ zone }) => zone);
    expect(zones.sort()).toEqual([0, 0, 7, 7]);
  });

  it("takes every rule that we write", async () => {
    const { answers, drift } = await inside([
      ["net.firewall.add_rule", { protocol: "tcp", port_range: "80-90", source: "10.0.0.0/8", interface: "lo" }],
      [
        "net.nat.add_dnat",
        { protocol: "both", external_port: 80, internal_ip: "10.9.9.9", internal_port: 8080, local_output: true },
      ],
      ["net.nat.add_snat", { source_cidr: "fd00::/64", out_interface: "wan0", random: true, persistent: true }],
    ]);
    expect(answers.map(({ error }) => error)).toEqual([undefined, undefined, undefined]);
    expect(drift.map(({ kind, state }) => `${kind} ${state}`).sort()).toEqual([
      "dnat ok",
      "firewall_rule ok",
      "firewall_table ok",
      "snat ok",
    ]);
  });
});
