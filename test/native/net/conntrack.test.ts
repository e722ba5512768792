import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type {
  ConntrackEntry,
  ConntrackStats,
  ConntrackTable,
  FlushConntrackResult,
} from "../../../generated/types.gen.js";
import { adminDaemon, result } from "../../world/admin-daemon.js";
import { conntrackList, type PrintedEntry, randomEntry } from "../../world/conntrack-tool.js";
import type { Daemon } from "../../world/daemon.js";
import { describeNetwork, Namespace } from "../../world/namespace.js";
import { Random, seeds } from "../../world/random.js";

const ENTRIES = 120;

/** The entries are made one by one; those that collide with an earlier one are refused, which is no matter. */
function fill(namespace: Namespace, random: Random): void {
  for (let index = 0; index < ENTRIES; index++) {
    try {
      namespace.run("conntrack", ...randomEntry(random, index));
    } catch (error) {
      if (!/File exists|already exists/.test(String(error))) throw error;
    }
  }
}

/** What the tool prints too, with the timeout that a moment ago was one higher. */
function comparable(entry: ConntrackEntry, tool: PrintedEntry | undefined): object {
  const { status: _, nat: __, start_at: ___, delta_seconds: ____, ...rest } = entry;
  const theirs = tool?.timeout ?? 0;
  return { ...rest, timeout: Math.abs(entry.timeout - theirs) <= 3 ? theirs : entry.timeout };
}

describeNetwork("net.conntrack", () => {
  const namespace = new Namespace();
  let daemon: Daemon;
  const read = (params: object = {}) => result<ConntrackTable>(daemon, "net.conntrack", { limit: 10_000, ...params });
  const flush = (params: object) => result<FlushConntrackResult>(daemon, "net.conntrack.flush", params);

  beforeAll(async () => {
    for (const name of ["acct", "timestamp"]) namespace.sysctl(`net.netfilter.nf_conntrack_${name}`, 1);
    daemon = await adminDaemon(namespace);
  });
  afterAll(async () => {
    await daemon?.stop();
    namespace.remove();
  });

  describe.each(seeds(8))("with the entries of seed %i", (seed) => {
    beforeEach(() => {
      namespace.run("conntrack", "-F");
      fill(namespace, new Random(seed));
    });

    it("is what conntrack lists, field by field", async () => {
      const { entries, total, count, truncated } = await read();
      const tool = conntrackList(namespace);
      expect(entries.length).toBeGreaterThan(ENTRIES / 2);
      expect({ total, count, truncated }).toEqual({ total: tool.size, count: tool.size, truncated: false });
      const ours = new Map(entries.map((entry) => [entry.id, comparable(entry, tool.get(entry.id))]));
      expect(ours).toEqual(tool);
      for (const entry of entries) {
        const { original, reply, nat, status } = entry;
        expect(nat.includes("dnat")).toBe(reply.src !== original.dst);
        expect(nat.includes("snat")).toBe(reply.dst !== original.src);
        expect(status.includes("confirmed")).toBe(true);
        expect(Date.now() - Date.parse(entry.start_at ?? "")).toBeLessThan(600_000);
      }
    });

    it("answers what the filters let through, and how much that is", async () => {
      const { entries } = await read();
      const filters: [object, (entry: ConntrackEntry) => boolean][] = [
        [{ zone: 5 }, ({ zone }) => zone === 5],
        [{ zone: 0, family: "inet6" }, ({ zone, family }) => zone === 0 && family === "inet6"],
        [{ protocol: "99" }, ({ protocol }) => protocol === "99"],
        [{ source: "10.1.0.0/16" }, ({ original }) => original.src.startsWith("10.1.")],
        [{ destination: "fd00:2::/32" }, ({ original }) => original.dst.startsWith("fd00:2:")],
        [{ protocol: "udp", destination_port: 53 }, (e) => e.protocol === "udp" && e.original.dport === 53],
        [{ protocol: "tcp", source_port: 1030 }, (e) => e.protocol === "tcp" && e.original.sport === 1030],
        [{ mark: 3 }, ({ mark }) => mark === 3],
      ];
      for (const [filter, holds] of filters) {
        const wanted = entries.filter(holds).map(({ id }) => id);
        const found = await read(filter);
        expect({ filter, ids: found.entries.map(({ id }) => id) }).toEqual({ filter, ids: wanted });
        const few = await read({ ...filter, limit: 1 });
        expect(few).toMatchObject({ total: wanted.length, truncated: wanted.length > 1 });
        expect(few.entries.map(({ id }) => id)).toEqual(wanted.slice(0, 1));
      }
    });

    it("deletes what the filter names and nothing else", async () => {
      for (const filter of [{ zone: 5 }, { protocol: "tcp", destination_port: 443 }, { mark: 2, family: "inet" }]) {
        const before = (await read()).entries.map(({ id }) => id);
        const named = (await read(filter)).entries.map(({ id }) => id);
        expect(await flush(filter)).toEqual({
          changed: named.length > 0,
          warnings: [],
          matched: named.length,
          deleted: named.length,
        });
        const left = new Set((await read()).entries.map(({ id }) => id));
        expect(before.filter((id) => !left.has(id)).sort()).toEqual(named.sort());
      }
    });
  });

  it("deletes everything only when force says so", async () => {
    namespace.run("conntrack", "-F");
    fill(namespace, new Random(7));
    const { total } = await read();
    const refusal = await daemon.call("net.conntrack.flush", {});
    expect(refusal.error?.data).toMatchObject({ kind: "invalid_argument", field: "force" });
    expect((await read()).total).toBe(total);
    expect(await flush({ force: true })).toEqual({ changed: true, warnings: [], matched: total, deleted: total });
    expect((await read()).total).toBe(0);
    expect(await flush({ zone: 7 })).toEqual({ changed: false, warnings: [], matched: 0, deleted: 0 });
  });

  it.each([
    [{ source: "10.0.0.1/8" }, "source"],
    [{ source: "example.org" }, undefined],
    [{ source: "10.0.0.1", destination: "fd00::1" }, "destination"],
    [{ source: "10.0.0.1", family: "inet6" }, "source"],
    [{ destination_port: 53 }, "destination_port"],
    [{ protocol: "icmp", source_port: 53 }, "source_port"],
    [{ protocol: "reboot" }, "protocol"],
    [{ protocol: "999" }, "protocol"],
    [{ protocol: "--help" }, undefined],
    [{ protocol: "tcp; reboot" }, undefined],
    [{ source: "10.0.0.1\0" }, undefined],
    [{ zone: -1 }, undefined],
  ])("refuses %j to read and to delete by", async (params, field) => {
    for (const method of ["net.conntrack", "net.conntrack.flush"]) {
      const { error } = await daemon.call(method, params);
      expect(error?.data.kind).toBe(field === undefined ? "invalid_params" : "invalid_argument");
      if (field !== undefined) expect(error?.data).toMatchObject({ field });
    }
  });

  it("counts what conntrack -S counts", async () => {
    const stats = await result<ConntrackStats>(daemon, "net.conntrack.stats");
    const lines = namespace.run("conntrack", "-S").toString().trim().split("\n");
    const tool = lines.map((line) =>
      Object.fromEntries([...line.matchAll(/(\w+)=(\d+)/g)].map(([, name = "", value]) => [name, Number(value)])),
    );
    expect(stats.cpus).toMatchObject(tool);
    expect(stats.cpus.reduce((sum, { insert }) => sum + insert, 0)).toBe(stats.totals.insert);
    for (const { name, value } of stats.settings) {
      expect(namespace.run("cat", `/proc/sys/net/netfilter/nf_conntrack_${name}`).toString().trim()).toBe(
        String(value),
      );
    }
    expect(stats.settings.length).toBeGreaterThan(20);
    expect(stats.loaded).toBe(true);
  });
});
