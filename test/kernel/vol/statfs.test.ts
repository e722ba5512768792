import type { BigIntStatsFs } from "node:fs";
import { describe, expect, it } from "vitest";
import { SpaceReader, spaceOf } from "../../../src/kernel/statfs.js";

const stats = (over: Partial<Record<keyof BigIntStatsFs, bigint>> = {}): BigIntStatsFs => ({
  type: 0xef53n,
  bsize: 4096n,
  blocks: 1000n,
  bfree: 400n,
  bavail: 350n,
  files: 100n,
  ffree: 33n,
  ...over,
});

describe("space", () => {
  it("counts blocks in bytes, reserved ones apart, and rounds percentages up", () => {
    expect(spaceOf(stats())).toEqual({
      blockSize: 4096,
      size: 4096000n,
      used: 2457600n,
      available: 1433600n,
      reserved: 204800n,
      usePercent: 64,
      inodes: { total: 100n, used: 67n, free: 33n, usePercent: 67 },
    });
  });

  it("is exact beyond 2^53", () => {
    const { size, used } = spaceOf(stats({ blocks: 2n ** 51n + 1n, bfree: 0n, bavail: 0n }));
    expect([size, used]).toEqual([(2n ** 51n + 1n) * 4096n, (2n ** 51n + 1n) * 4096n]);
  });

  it("says 0 % of nothing, 1 % of almost nothing and 100 % where nothing is left", () => {
    expect(spaceOf(stats({ blocks: 0n, bfree: 0n, bavail: 0n })).usePercent).toBe(0);
    expect(spaceOf(stats({ blocks: 10n ** 9n, bfree: 10n ** 9n - 1n, bavail: 10n ** 9n - 1n })).usePercent).toBe(1);
    expect(spaceOf(stats({ bavail: 0n })).usePercent).toBe(100);
  });

  it("is never negative where a filesystem reports more free than it has", () => {
    expect(spaceOf(stats({ bfree: 1200n, bavail: 1300n, ffree: 200n }))).toMatchObject({
      used: 0n,
      reserved: 0n,
      usePercent: 0,
    });
  });

  it("has no inodes where the filesystem does not count them", () => {
    expect(spaceOf(stats({ files: 0n, ffree: 0n }))).not.toHaveProperty("inodes");
  });
});

describe("asking for space", () => {
  it("runs few questions at once", async () => {
    let running = 0;
    let most = 0;
    const reader = new SpaceReader({
      atOnce: 2,
      ask: async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, 2));
        running -= 1;
        return stats();
      },
    });
    await Promise.all(Array.from({ length: 20 }, (_, at) => reader.of("/", `${at}`)));
    expect(most).toBe(2);
  });

  it("tells a place it may not see from a failure", async () => {
    const failing = (code: string) =>
      new SpaceReader({ ask: () => Promise.reject(Object.assign(new Error(code), { code })) });
    expect(await failing("EACCES").of("/", "a")).toBe("denied");
    expect(await failing("EIO").of("/", "a")).toBe("failed");
  });

  it("answers others while one filesystem hangs, and does not ask that one again until it answers", async () => {
    const asleep: (() => void)[] = [];
    let isDead = true;
    const reader = new SpaceReader({
      atOnce: 2,
      patienceMs: 20,
      ask: (path) =>
        path === "/dead" && isDead
          ? new Promise((resolve) => asleep.push(() => resolve(stats())))
          : Promise.resolve(stats()),
    });
    expect(await reader.of("/dead", "dead")).toBe("failed");
    expect(await reader.of("/dead", "dead")).toBe("failed");
    expect(asleep).toHaveLength(1);
    expect(await reader.of("/well", "well")).toMatchObject({ size: 4096000n });
    isDead = false;
    for (const wake of asleep) wake();
    await new Promise((resolve) => setImmediate(resolve));
    expect(await reader.of("/dead", "dead")).toMatchObject({ size: 4096000n });
  });

  it("fails at once instead of queueing while every slot is lost", async () => {
    const reader = new SpaceReader({ atOnce: 2, patienceMs: 20, ask: () => new Promise(() => {}) });
    const answers = await Promise.all(["a", "b", "c", "d"].map((key) => reader.of("/", key)));
    expect(answers).toEqual(["failed", "failed", "failed", "failed"]);
    expect(await reader.of("/", "e")).toBe("failed");
  });
});
