import { expect, it } from "vitest";
import { describeNetwork, Namespace } from "../../world/namespace.js";
import { stepSites, WriteBench } from "../../world/writes.js";
import { TRIALS } from "./link-trials.js";

describeNetwork("a daemon that is killed or fails at any step of a write on links", () => {
  const reached = new Set<string>();
  let tried = 0;

  it.each(TRIALS)("leaves the old state or the new one: %s", { timeout: 240_000 }, (_, parts) => {
    const namespace = new Namespace();
    const bench = new WriteBench(() => namespace.wrapper);
    try {
      namespace.sysctl("net.ipv6.conf.default.addr_gen_mode", 1);
      namespace.batch([
        "link add up0 type veth peer name bare",
        "link set up0 up",
        "link set bare up",
        "addr add 192.0.2.1/24 dev up0",
      ]);
      const report = bench.trial(parts);
      tried += 1;
      for (const site of report.sites) reached.add(site);
      if (parts.keepsKernel) expect(report.new).toEqual(report.old);
      else expect(report.new).not.toEqual(report.old);
      expect(report.kills.length).toBeGreaterThan(0);
      for (const { step, state, drift } of report.kills) {
        expect([report.old, report.new], `killed after: ${step}`).toContainEqual(state);
        expect(drift, `killed after: ${step}`).toEqual([]);
      }
      expect(report.failures.length).toBe(report.kills.length);
      for (const { step, state, answers, isKept } of report.failures) {
        expect(state, `failed at: ${step}`).toEqual(report.old);
        expect(isKept, `the registries, failed at: ${step}`).toBe(true);
        expect(answers[0]?.error?.kind, step).toBe("internal_error");
      }
    } finally {
      namespace.remove();
      bench.remove();
    }
  });

  it("has a trial for every step there is", ({ skip }) => {
    if (tried < TRIALS.length) skip("only some of the trials ran");
    const there = stepSites("native/net").filter((site) => !/\/(nft|nat|firewall)[^/]*$/.test(site));
    expect(there.length).toBeGreaterThan(40);
    expect(there.filter((site) => !reached.has(site))).toEqual([]);
  });
});
