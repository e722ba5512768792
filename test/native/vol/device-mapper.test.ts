import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { lvmConfig } from "../../world/containers.js";
import { describeGuest, suiteGuest } from "../../world/guest.js";

const MIB = 1 << 20;
/** A guest runs at a tenth of the host's speed. */
const PATIENCE = 400_000;
const script = join(import.meta.dirname, "../../world/call-vol.mjs");
const [below, sealed] = ["/dev/vda", "/dev/vdb"];
const [volume, opened] = ["/dev/mapper/mos-data", "/dev/mapper/mos-open"];

type Call = readonly [method: string, params?: object];
// biome-ignore lint/suspicious/noExplicitAny: each test says what it expects of an answer.
type Answer = any;

describeGuest("device-mapper in a guest kernel", () => {
  const guest = suiteGuest({
    modules: ["dm_mod", "dm_crypt", "ext4"],
    disks: [96 * MIB, 96 * MIB],
  });

  /** Asks one daemon, and answers with each result or error. */
  async function ask(calls: readonly Call[]): Promise<Answer[]> {
    const input = calls.map(([method, params = {}]) => `${JSON.stringify({ method, params })}\n`).join("");
    const argv = [process.execPath, script, "--serve", "/tmp/state"];
    const { stdout, stderr } = await guest().run(argv, { input, timeoutSeconds: 300 });
    const lines = stdout.split("\n").filter(Boolean);
    if (lines.length !== calls.length) throw new Error(`${lines.length} answers: ${stderr}`);
    return lines.map((line) => JSON.parse(line));
  }

  beforeAll(async () => {
    expect(guest().disks).toEqual([below, sealed]);
    await guest().script(`
      exec 2>&1
      mkdir -p /tmp/locks /tmp/state /mnt/lv /mnt/luks
      CONFIG="--devices ${below} --config"
      config='${lvmConfig("/tmp/locks")}'
      export DM_DISABLE_UDEV=1
      pvcreate --yes $CONFIG "$config" ${below}
      vgcreate --yes $CONFIG "$config" mos ${below}
      lvcreate --yes --wipesignatures n $CONFIG "$config" --name data --size 32M mos
      mkfs.ext4 -q -L precious ${volume}
      mount ${volume} /mnt/lv
      printf passphrase | cryptsetup luksFormat --batch-mode --type luks2 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 ${sealed} -
      printf passphrase | cryptsetup open --key-file - ${sealed} mos-open
      mkfs.ext4 -q -L MOSDATA ${opened}
    `);
  }, PATIENCE);

  it(
    "an active volume and an opened mapping are read as lsblk reads them",
    async () => {
      const [disks, filesystems, mounts, inventory] = await ask([
        ["vol.list_disks"],
        ["vol.list_filesystems", { all: true }],
        ["vol.list_mounts"],
        ["vol.inventory"],
      ]);
      const columns = "PATH,SIZE,TYPE,FSTYPE,LABEL,UUID,MOUNTPOINTS";
      const rows: Answer[] = JSON.parse(
        await guest().output(["lsblk", "--json", "--bytes", "--list", "--output", columns, below, sealed]),
      ).blockdevices;
      expect(rows.map(({ path }) => path).sort()).toEqual([volume, opened, below, sealed].sort());
      for (const { path, size, type, mountpoints } of rows) {
        const probe = async (name: string) =>
          (await guest().run(["blkid", "-p", "-o", "value", "-s", name, path])).stdout.trim();
        const disk = disks.result.find((one: Answer) => one.path === path);
        expect(disk, JSON.stringify(disks.result.map((one: Answer) => one.path))).toMatchObject({
          size_bytes: size,
          type,
          fstype: await probe("TYPE"),
          uuid: await probe("UUID"),
          mountpoints: mountpoints.filter(Boolean),
        });
      }
      for (const [disk, mapping] of [
        [below, volume],
        [sealed, opened],
      ]) {
        const found = disks.result.find((one: Answer) => one.path === disk);
        expect(found.in_use_by).toContainEqual(expect.objectContaining({ kind: "device_mapper", name: mapping }));
        expect(JSON.stringify(found.holders)).toContain(mapping);
      }
      expect(filesystems.result).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ label: "MOSDATA", mos: true, fstype: "ext4" }),
          expect.objectContaining({ label: "precious", mos: false, fstype: "ext4" }),
        ]),
      );
      expect(mounts.result.find(({ target }: Answer) => target === "/mnt/lv")).toMatchObject({
        fstype: "ext4",
        source: volume,
      });
      const there = inventory.result.disks.map(({ path }: Answer) => path);
      expect(there).toEqual(expect.arrayContaining([below, sealed]));
      expect(JSON.stringify(inventory.result.filesystems)).toContain("precious");
    },
    PATIENCE,
  );

  it(
    "refuse every write on what they rest on, with force and without, and on what is mounted",
    async () => {
      const before = await guest().output(["sha256sum", sealed]);
      const calls = [false, true].flatMap((force): Call[] => [
        ["vol.create_filesystem", { device: below, fstype: "ext4", force }],
        ["vol.create_partition", { disk: below, force }],
        ["vol.create_filesystem", { device: sealed, fstype: "ext4", force }],
        ["vol.create_partition", { disk: sealed, force }],
        ["vol.create_md_array", { name: "mos-t", devices: [sealed, below], force }],
        ["vol.create_filesystem", { device: volume, fstype: "ext4", force }],
      ]);
      const through = (name: string) => ({ kind: "device_mapper", name });
      const holders = [volume, volume, opened, opened, opened].map(through);
      const answers = await ask(calls);
      for (const [at, answer] of answers.entries()) {
        const holder = holders[at % 6] ?? { kind: "mount", name: "/mnt/lv" };
        expect(answer.error, JSON.stringify(calls[at])).toMatchObject({
          kind: "in_use",
          holders: expect.arrayContaining([expect.objectContaining(holder)]),
        });
      }
      expect(await guest().output(["sha256sum", sealed])).toBe(before);
      await guest().script(`umount /mnt/lv; e2fsck -fn ${volume}; mount ${volume} /mnt/lv`);
    },
    PATIENCE,
  );

  it(
    "carry filesystems that are mounted, grown and formatted like any other",
    async () => {
      const size = async () => Number((await guest().output(["df", "-B1", "--output=size", "/mnt/lv"])).split("\n")[1]);
      const small = await size();
      await guest().script(`
        exec 2>&1
        DM_DISABLE_UDEV=1 lvextend --devices ${below} --config '${lvmConfig("/tmp/locks")}' --size 64M mos/data
      `);
      const [grown, again, mounted, refused] = await ask([
        ["vol.resize_max", { path: "/mnt/lv" }],
        ["vol.resize_max", { path: "/mnt/lv" }],
        ["vol.mount", { device: opened, target: "/mnt/luks" }],
        ["vol.create_filesystem", { device: opened, fstype: "ext4", force: true }],
      ]);
      expect(grown.result, JSON.stringify(grown)).toMatchObject({
        changed: true,
        before_bytes: 32 * MIB,
        after_bytes: 64 * MIB,
        filesystem: { fstype: "ext4", target: "/mnt/lv", devices: [{ path: volume }] },
      });
      expect(again.result).toMatchObject({ changed: false });
      expect(await size()).toBeGreaterThan(small + 20 * MIB);
      expect(mounted.result, JSON.stringify(mounted)).toMatchObject({ changed: true, device: { path: opened } });
      expect(refused.error).toMatchObject({ kind: "in_use" });
      expect(await guest().output(["lsblk", "-no", "MOUNTPOINTS", opened])).toBe("/mnt/luks\n");
      const [unmounted, formatted] = await ask([
        ["vol.unmount", { target: "/mnt/luks" }],
        ["vol.create_filesystem", { device: opened, fstype: "ext4", label: "anew", force: true }],
      ]);
      expect(unmounted.result).toMatchObject({ changed: true });
      expect(formatted.result, JSON.stringify(formatted)).toMatchObject({ filesystem: { label: "anew" } });
      await guest().script(
        `umount /mnt/lv; e2fsck -fn ${volume}; cryptsetup close mos-open; cryptsetup isLuks ${sealed}`,
        {
          env: { DM_DISABLE_UDEV: "1" },
        },
      );
    },
    PATIENCE,
  );
});
