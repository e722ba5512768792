import type { BigIntStatsFs } from "node:fs";
import { describe, expect, it } from "vitest";
import { MountTree } from "../../../src/kernel/mount-tree.js";
import { parseMountinfo } from "../../../src/kernel/mountinfo.js";
import { SpaceReader } from "../../../src/kernel/statfs.js";
import { readUsages } from "../../../src/native/vol/mount-usage.js";

const failure = (code: string) => Object.assign(new Error(code), { code });

const stats = (blocks: number): BigIntStatsFs => {
  const count = BigInt(blocks);
  return { type: 0n, bsize: 1n, blocks: count, bfree: 0n, bavail: 0n, files: 0n, ffree: 0n };
};

/** Reads the usage of every row; `answers` says what `statfs` says at a mount point. */
async function usagesOf(answers: Readonly<Record<string, number | string>>, ...lines: string[]) {
  const asked: string[] = [];
  const space = new SpaceReader({
    ask: async (path) => {
      asked.push(String(path));
      const answer = answers[String(path)] ?? "ENOENT";
      if (typeof answer === "string") throw failure(answer);
      return stats(answer);
    },
  });
  const rows = await parseMountinfo(Buffer.from(["1 0 254:0 / / rw - ext4 /dev/vda rw", ...lines].join("\n")));
  const usages = await readUsages(rows, new MountTree(rows), space);
  const shown = new Map(
    rows.map((row) => [row.target, usages.get(row)?.usage?.size_bytes ?? usages.get(row)?.usage_skipped]),
  );
  return { asked, shown };
}

describe("the usage of mounts", () => {
  it("is asked once for a filesystem that is mounted many times", async () => {
    const { asked, shown } = await usagesOf(
      { "/": 7, "/a": 3 },
      "2 1 0:40 / /a rw - tmpfs none rw",
      "3 1 0:40 /x /b rw - tmpfs none rw",
      "4 1 0:40 /y /c rw - tmpfs none rw",
    );
    expect(asked).toEqual(["/", "/a"]);
    expect(Object.fromEntries(shown)).toEqual({ "/": 7, "/a": 3, "/b": 3, "/c": 3 });
  });

  it("is each folder's own where a project quota can give it other figures", async () => {
    const { shown } = await usagesOf(
      { "/": 7, "/srv": 2, "/again": 2 },
      "2 1 254:0 /srv /srv rw - ext4 /dev/vda rw",
      "3 1 254:0 /srv /again rw - ext4 /dev/vda rw",
    );
    expect(Object.fromEntries(shown)).toEqual({ "/": 7, "/srv": 2, "/again": 2 });
  });

  it("comes through whichever mount point can be reached", async () => {
    const { shown } = await usagesOf(
      { "/": 7, "/shut": "EACCES", "/gone": "ENOENT", "/open": 3, "/secret": "EACCES" },
      "2 1 0:40 / /shut rw - tmpfs none rw",
      "3 1 0:40 / /gone rw - tmpfs none rw",
      "4 1 0:40 / /open rw - tmpfs none rw",
      "5 1 0:41 / /secret rw - tmpfs none rw",
    );
    expect(Object.fromEntries(shown)).toEqual({ "/": 7, "/shut": 3, "/gone": 3, "/open": 3, "/secret": "denied" });
  });
});
