import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseBcachefs } from "../../../src/kernel/bcachefs.js";
import { difference, type Fingerprint } from "../../../src/kernel/fingerprint.js";
import { leastForBtrfs, misfit, mkfsArguments } from "../../../src/kernel/mkfs.js";
import { parseSfdisk } from "../../../src/kernel/sfdisk.js";
import { parseWipefs } from "../../../src/kernel/wipefs.js";
import { tool } from "../../world/loop.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mos-t-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const sparse = (name: string, bytes: number): string => {
  const path = join(folder, name);
  writeFileSync(path, "");
  truncateSync(path, bytes);
  return path;
};

const succeeds = (command: string, args: readonly string[]): boolean => {
  try {
    tool(command, args);
    return true;
  } catch {
    return false;
  }
};

describe("what mkfs is told", () => {
  const node = "/dev/mos-t";

  it.each(["btrfs", "ext4", "vfat", "swap", "bcachefs"] as const)("never makes %s over something", (fstype) => {
    for (const label of [undefined, "", "--force", "; reboot"]) {
      const args = mkfsArguments(fstype, node, { isWhole: true, ...(label !== undefined && { label }) });
      const force = /^(-f|-F|--force)$/;
      expect(
        args.filter(
          (word, at) =>
            force.test(word) && args[at - 1] !== "--label" && args[at - 1] !== "-L" && args[at - 1] !== "-n",
        ),
      ).toEqual([]);
      expect(args.at(-1)).toBe(node);
    }
  });

  it("knows the least size that mkfs.btrfs takes, to the byte", () => {
    for (const data of ["single", "dup", "raid1"]) {
      for (const metadata of ["single", "dup", "raid1"]) {
        const least = Number(leastForBtrfs(data, metadata));
        for (const [bytes, fits] of [
          [least, true],
          [least - 4096, false],
        ] as const) {
          const images = [sparse("a.img", bytes), sparse("b.img", bytes)];
          expect(succeeds("mkfs.btrfs", ["-q", "-d", data, "-m", metadata, ...images]), `${data} ${metadata}`).toBe(
            fits,
          );
        }
      }
    }
  });

  it("says what does not fit before a tool would", () => {
    expect(misfit("btrfs", 114294783n, 512)).toMatch(/needs at least 114294784$/);
    expect(misfit("btrfs", 114294784n, 512)).toBeUndefined();
    expect(misfit("vfat", 1n << 41n, 512)).toMatch(/holds at most 2199023255040$/);
    expect(misfit("vfat", 1n << 41n, 4096)).toBeUndefined();
    for (const fstype of ["ext4", "vfat", "swap"] as const) {
      expect(misfit(fstype, (1n << 20n) - 1n, 512)).toMatch(/needs at least 1048576$/);
      const image = sparse(`${fstype}.img`, 1 << 20);
      const command = fstype === "swap" ? "mkswap" : `mkfs.${fstype}`;
      tool(command, mkfsArguments(fstype, image, { isWhole: true, label: "LEAST" }));
    }
  });
});

describe("signatures", () => {
  it("are none where wipefs prints nothing", () => {
    expect(parseWipefs("")).toEqual([]);
  });

  it("are what wipefs printed for a GPT and a swap area", () => {
    const row = (offset: string, type: string, usage: string, length: number, label: string | null = null) => ({
      device: "loop0",
      offset,
      type,
      usage,
      uuid: null,
      label,
      length,
    });
    const signatures = [row("0x200", "gpt", "partition-table", 8), row("0xff6", "swap", "other", 10, "two words")];
    expect(parseWipefs(JSON.stringify({ signatures }))).toEqual([
      { type: "gpt", usage: "partition_table", offset: 512n, length: 8 },
      { type: "swap", usage: "swap", offset: 4086n, length: 10, label: "two words" },
    ]);
  });

  it("of bcachefs are found by ourselves, and bcache is not taken for it", () => {
    const bytes = Buffer.alloc(104);
    expect(parseBcachefs(bytes)).toBeUndefined();
    Buffer.from("c68573f666ce90a9d96a60cf803df7ef", "hex").copy(bytes, 24);
    Buffer.from("00112233445566778899aabbccddeeff", "hex").copy(bytes, 56);
    bytes.writeUInt16LE(1024, 16);
    bytes.write("MOSDATA", 72);
    expect(parseBcachefs(bytes)).toEqual({
      offset: 4120n,
      uuid: "00112233-4455-6677-8899-aabbccddeeff",
      label: "MOSDATA",
    });
    bytes.writeUInt16LE(3, 16);
    expect(parseBcachefs(bytes)).toBeUndefined();
    expect(parseBcachefs(bytes.subarray(0, 50))).toBeUndefined();
  });
});

describe("a fingerprint", () => {
  const seen: Fingerprint = { number: "7:0", diskseq: "5", size: "4096", serial: "S", content: "00" };

  it("differs in what it differs in, the sequence number before the content", () => {
    expect(difference(seen, { ...seen })).toBeUndefined();
    expect(difference(seen, { ...seen, diskseq: "6", content: "01" })).toEqual({
      expected: "disk sequence number 5",
      actual: "disk sequence number 6",
    });
    const { serial: _, ...without } = seen;
    expect(difference(seen, without)).toEqual({ expected: "serial number S", actual: "serial number none" });
  });
});

describe("sfdisk's table", () => {
  it("is read with its sectors, its names and its complaints", () => {
    const partitions = [{ node: "/dev/nvme0n1p12", start: 6, size: 10, type: "0FC6", uuid: "AB", name: 'a"b' }];
    const table = { label: "gpt", firstlba: 6, lastlba: 100, sectorsize: 4096, partitions };
    expect(parseSfdisk(JSON.stringify({ partitiontable: table }), "corrupt")).toEqual({
      label: "gpt",
      sectorSize: 4096,
      first: 6n,
      last: 100n,
      complaints: "corrupt",
      entries: [{ number: 12, start: 6n, sectors: 10n, type: "0FC6", uuid: "AB", name: 'a"b' }],
    });
  });
});
