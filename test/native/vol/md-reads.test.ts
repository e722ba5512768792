import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { validateResult } from "../../../generated/results.gen.js";
import type { MdArray } from "../../../generated/types.gen.js";
import { Files } from "../../../src/kernel/files.js";
import { Identities } from "../../../src/kernel/identities.js";
import { parseDetail, parseExamine } from "../../../src/kernel/mdadm-reads.js";
import { mdReads } from "../../../src/native/vol/md-reads.js";
import { callContext } from "../../world/call-context.js";
import { Sysroot } from "../../world/sysroot.js";

const recorded = (name: string) => readFileSync(join(import.meta.dirname, "../../fixtures/vol/mdadm", name), "utf8");

const MD = "/sys/devices/virtual/block/md127";
const disk = (name: string, minor: number) => ({
  [`/sys/devices/platform/${name}/uevent`]: `MAJOR=8\nMINOR=${minor}\nDEVNAME=${name}\nDEVTYPE=disk\n`,
  [`/sys/devices/platform/${name}/size`]: "2097152\n",
  [`/run/udev/data/b8:${minor}`]:
    "E:ID_FS_TYPE=linux_raid_member\nE:ID_FS_USAGE=raid\nE:ID_FS_UUID=1871f016-7e3e-65cf-751f-cc0d99c84831\nE:ID_FS_LABEL=any:data\n",
});

/** A mirror of sda, with sdb being rebuilt into it and sdc thrown out; `attributes` replace some of the array's. */
function machine(attributes: Readonly<Record<string, string>> = {}): Sysroot {
  const md: Record<string, string> = {
    level: "raid1\n",
    raid_disks: "2\n",
    metadata_version: "1.2\n",
    array_state: "active\n",
    component_size: "1047552\n",
    chunk_size: "0\n",
    sync_action: "recover\n",
    sync_completed: "524288 / 2095104\n",
    sync_speed: "102400\n",
    mismatch_cnt: "128\n",
    consistency_policy: "bitmap\n",
    "bitmap/location": "+8\n",
    "bitmap/metadata": "internal\n",
    "bitmap/chunksize": "67108864\n",
    "dev-sda/state": "in_sync,write_mostly\n",
    "dev-sda/slot": "0\n",
    "dev-sda/errors": "3\n",
    "dev-sdb/state": "spare\n",
    "dev-sdb/slot": "1\n",
    "dev-sdb/errors": "0\n",
    "dev-sdc/state": "faulty\n",
    "dev-sdc/slot": "none\n",
    "dev-sdc/errors": "0\n",
    ...attributes,
  };
  const members = ["sda", "sdb", "sdc"];
  return new Sysroot({
    files: {
      "/proc/self/mountinfo": "20 1 9:127 / / rw - ext4 /dev/md127 rw\n",
      [`${MD}/uevent`]: "MAJOR=9\nMINOR=127\nDEVNAME=md127\nDEVTYPE=disk\n",
      [`${MD}/size`]: "2095104\n",
      ...Object.fromEntries(Object.entries(md).map(([name, text]) => [`${MD}/md/${name}`, text])),
      ...disk("sda", 0),
      ...disk("sdb", 16),
      ...disk("sdc", 32),
    },
    links: {
      "/sys/class/block/md127": "../../devices/virtual/block/md127",
      "/dev/md/data": "../md127",
      ...Object.fromEntries(members.map((name) => [`/sys/class/block/${name}`, `../../devices/platform/${name}`])),
      ...Object.fromEntries(members.map((name) => [`${MD}/slaves/${name}`, `../../../../platform/${name}`])),
    },
  });
}

let sysroot: Sysroot | undefined;
afterEach(() => sysroot?.remove());

async function arrays(attributes?: Readonly<Record<string, string>>): Promise<readonly MdArray[]> {
  sysroot = machine(attributes);
  const files = new Files(sysroot.folder);
  const result = await mdReads({ files, identities: new Identities(files) })["vol.list_md_arrays"]({}, callContext());
  expect(validateResult["vol.list_md_arrays"](result)).toBe(true);
  return result as readonly MdArray[];
}

describe("an array", () => {
  it("is what sysfs says, with its name and UUID from its members", async () => {
    expect(await arrays()).toMatchObject([
      {
        path: "/dev/md127",
        array_name: "data",
        homehost: "any",
        uuid: "1871f016-7e3e-65cf-751f-cc0d99c84831",
        links: ["/dev/md/data"],
        level: "raid1",
        size_bytes: 2095104 * 512,
        component_size_bytes: 1047552 * 1024,
        raid_devices: 2,
        active_devices: 1,
        failed_devices: 1,
        spare_devices: 1,
        degraded: true,
        sync_action: "recover",
        sync_completed: {
          done_bytes: 524288 * 512,
          total_bytes: 2095104 * 512,
          percent: 25.02,
          speed_bytes_per_second: 102400 * 1024,
          eta_seconds: 7,
          delayed: false,
        },
        mismatch_cnt: 128,
        bitmap: "internal",
        members: [
          { path: "/dev/sda", role: "active", slot: 0, state: ["in_sync", "write_mostly"], errors: 3 },
          { path: "/dev/sdb", role: "rebuilding", slot: 1, state: ["spare"] },
          { path: "/dev/sdc", role: "faulty", state: ["faulty"] },
        ],
        mountpoints: ["/"],
        is_root_disk: true,
      },
    ]);
  });

  it("waits, lacks a member, or does nothing at all", async () => {
    const [waiting] = await arrays({ sync_completed: "delayed\n", sync_speed: "none\n" });
    expect(waiting?.sync_completed).toEqual({ done_bytes: 0, total_bytes: 0, percent: 0, delayed: true });
    const [lacking] = await arrays({ "dev-sdb/slot": "none\n", sync_completed: "none\n", sync_action: "idle\n" });
    expect(lacking?.members.map(({ role, slot }) => [role, slot])).toEqual([
      ["active", 0],
      ["missing", 1],
      ["spare", undefined],
      ["faulty", undefined],
    ]);
    expect(lacking).not.toHaveProperty("sync_completed");
  });

  it("that is inactive has no size; one that reshapes wants the new number", async () => {
    const [inactive] = await arrays({ array_state: "inactive\n", level: "\n", raid_disks: "0\n" });
    expect(inactive).toMatchObject({ size_bytes: 0, level: "unknown", degraded: false });
    expect((await arrays({ raid_disks: "3 (2)\n" }))[0]?.raid_devices).toBe(3);
    expect((await arrays({ level: "\n", metadata_version: "external:imsm\n" }))[0]?.level).toBe("container");
  });

  it("is detailed on a live machine only, and nothing else is an array", async () => {
    sysroot = machine();
    const files = new Files(sysroot.folder);
    const handlers = mdReads({ files, identities: new Identities(files) });
    const detail = async (array: string) => handlers["vol.md_detail"]({ array }, callContext());
    await expect(detail("/dev/md127")).rejects.toMatchObject({ kind: "unsupported" });
    await expect(detail("/dev/sda")).rejects.toMatchObject({ kind: "invalid_argument", details: { field: "array" } });
    await expect(detail("/dev/md/none")).rejects.toMatchObject({ kind: "not_found" });
  });
});

describe("mdadm's words", () => {
  it("of an array", () => {
    expect(parseDetail(recorded("raid1.detail.txt"))).toMatchObject({
      workingDevices: 2,
      totalDevices: 2,
      events: 17n,
    });
    expect(parseDetail(recorded("raid1.detail.txt")).createdAt).toMatch(/^2026-11-2[456]T[0-9:]{8}Z$/);
    expect(parseDetail(recorded("degraded.detail.txt"))).toMatchObject({ workingDevices: 1, events: 19n });
    expect(parseDetail("            Events : 0.42\n            Layout : near=2\n")).toEqual({
      events: 42n,
      layout: "near=2",
    });
    expect(parseDetail("            Layout : -unknown-\n")).toEqual({});
    expect(parseDetail("")).toEqual({});
  });

  it("of a member", () => {
    expect(parseExamine(recorded("member.examine.txt"))).toEqual({
      events: 17n,
      deviceUuid: "c61be30e-e784-d444-a3dc-2200afa21aa5",
      dataOffsetBytes: 1048576n,
    });
    expect(parseExamine("mdadm: No md superblock detected on /dev/sda.\n")).toEqual({});
  });
});
