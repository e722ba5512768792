import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { deviceNumber, listBlockNodes, naturalOrder } from "../../../src/kernel/block.js";
import { Files } from "../../../src/kernel/files.js";
import { GPT_TYPES } from "../../../src/kernel/gpt-types.js";
import { parseSerialPage } from "../../../src/kernel/hardware.js";
import { identityOf } from "../../../src/kernel/identity.js";
import { MBR_TYPES } from "../../../src/kernel/mbr-types.js";
import { attributeNames, partitionTypeName } from "../../../src/kernel/partition-types.js";
import { parseSwaps } from "../../../src/kernel/swaps.js";
import { parseUdevRecord } from "../../../src/kernel/udevdb.js";
import { tool } from "../../world/loop.js";

describe("kernel names", () => {
  it("are ordered as people count", () => {
    const names = [
      "sdaa",
      "sdb",
      "sda10",
      "sda2",
      "sda",
      "loop10",
      "loop2",
      "nvme1n1",
      "nvme0n10",
      "nvme0n2",
      "dm-10",
      "dm-9",
      "md0",
    ];
    expect(names.sort(naturalOrder)).toEqual([
      "dm-9",
      "dm-10",
      "loop2",
      "loop10",
      "md0",
      "nvme0n2",
      "nvme0n10",
      "nvme1n1",
      "sda",
      "sda2",
      "sda10",
      "sdb",
      "sdaa",
    ]);
  });
});

describe("device numbers", () => {
  it("are taken apart as the C library does", () => {
    expect(deviceNumber(0x0801n)).toBe("8:1");
    expect(deviceNumber(0x10301n)).toBe("259:1");
    expect(
      deviceNumber(
        ((0xabcdef12n & 0xfffn) << 8n) |
          ((0xabcdef12n & 0xfffff000n) << 32n) |
          (0x87654321n & 0xffn) |
          ((0x87654321n & 0xffffff00n) << 12n),
      ),
    ).toBe(`${0xabcdef12}:${0x87654321}`);
  });

  it("of this machine's nodes are what sysfs says", async () => {
    for (const node of await listBlockNodes(new Files())) {
      expect(readFileSync(`/sys/class/block/${node.name}/dev`, "utf8").trim()).toBe(node.majMin);
    }
    const nodes = readdirSync("/dev").filter((name) => statSync(join("/dev", name)).isBlockDevice());
    for (const name of nodes) {
      const [major, minor] = tool("stat", ["--format=%t %T", `/dev/${name}`])
        .trim()
        .split(" ")
        .map((hex) => Number.parseInt(hex, 16));
      expect(deviceNumber(statSync(`/dev/${name}`, { bigint: true }).rdev)).toBe(`${major}:${minor}`);
    }
  });
});

describe("partition types", () => {
  it.each([
    ["gpt", GPT_TYPES],
    ["dos", new Map([...MBR_TYPES].map(([type, name]) => [type.toString(16), name]))],
  ])("of %s have the names that sfdisk prints", (label, types) => {
    const theirs = tool("sfdisk", ["--list-types", "--label", label])
      .split("\n")
      .flatMap((line) => /^\s*([0-9A-Fa-f-]+) {2}(\S.*)$/.exec(line)?.slice(1, 3) ?? [])
      .reduce<Map<string, string>>(
        (map, word, at, words) => (at % 2 === 0 ? map.set(word.toLowerCase(), words[at + 1] ?? "") : map),
        new Map(),
      );
    expect(theirs.size).toBeGreaterThan(90);
    // Another release of util-linux may know more types; those that both know have one name.
    for (const [type, name] of theirs) if (types.has(type)) expect(types.get(type)).toBe(name);
    expect([...theirs.keys()].filter((type) => types.has(type)).length).toBeGreaterThan(90);
  });

  it("are found in either case, and only in their own kind of table", () => {
    expect(partitionTypeName("gpt", "C12A7328-F81F-11D2-BA4B-00A0C93EC93B")).toBe("EFI System");
    expect(partitionTypeName("dos", "0x83")).toBe("Linux");
    expect(partitionTypeName("sun", "0x83")).toBeUndefined();
  });

  it("have attribute bits with names", () => {
    expect(attributeNames("gpt", 0x8001000000000005n)).toEqual([
      "RequiredPartition",
      "LegacyBIOSBootable",
      "GUID:48",
      "GUID:63",
    ]);
    expect(attributeNames("dos", 0x80n)).toEqual(["bootable"]);
    expect(attributeNames("dos", 0n)).toEqual([]);
  });
});

describe("records", () => {
  it("of udev give properties, links and an identity", () => {
    const { properties, links } = parseUdevRecord(
      "S:disk/by-label/la\\x20bel\nI:1\nE:ID_FS_LABEL=la_bel=é\nE:ID_FS_LABEL_ENC=la\\x20bel=é\nE:ID_FS_TYPE=ext4\nE:ID_PART_ENTRY_SCHEME=gpt\nE:ID_PART_ENTRY_NAME=näme\\x20one\nV:1\n",
    );
    expect(links).toEqual(["/dev/disk/by-label/la\\x20bel"]);
    expect(identityOf(properties, "udev")).toEqual({
      source: "udev",
      ambivalent: false,
      fstype: "ext4",
      label: "la bel=é",
      entry: { scheme: "gpt", label: "näme one" },
    });
  });

  it("of swap undo octal escapes and tell files from devices", () => {
    expect(
      parseSwaps(
        Buffer.from(
          "Filename\tType\tSize\tUsed\tPriority\n/dev/sda2    partition\t1\t0\t-2\n/srv/swap\\040file\\040(deleted) file 1 0 -3\n",
        ),
      ),
    ).toEqual([
      { path: "/dev/sda2", isFile: false, sizeBytes: 1024n, usedBytes: 0n, priority: -2 },
      { path: "/srv/swap file (deleted)", isFile: true, sizeBytes: 1024n, usedBytes: 0n, priority: -3 },
    ]);
  });

  it("of a SCSI serial number are cut to what they say", () => {
    expect(parseSerialPage(Buffer.from("\x00\x80\x00\x0a  WFK1234 junk", "latin1"))).toBe("WFK1234");
    expect(parseSerialPage(Buffer.from("\x00\x83\x00\x02xx", "latin1"))).toBeUndefined();
    expect(parseSerialPage(Buffer.alloc(2))).toBeUndefined();
  });
});
