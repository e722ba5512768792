import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { describeGuest, suiteGuest } from "../../world/guest.js";

const MIB = 1 << 20;
/** A guest runs at a tenth of the host's speed, and one call asks a dozen tools. */
const PATIENCE = 400_000;
const script = join(import.meta.dirname, "../../world/call-block-write.mjs");
const [first, second, third] = ["/dev/vda", "/dev/vdb", "/dev/vdc"];

type Call = readonly [method: string, params: object | string];
const create = (params: object): Call => ["vol.create_md_array", params];
const stop = (params: object): Call => ["vol.stop_md_array", params];
const sh = (text: string): Call => ["sh", text];

describeGuest("arrays in a guest kernel", () => {
  const guest = suiteGuest({ modules: ["md_mod", "raid1", "ext4", "vfat"], disks: [64 * MIB, 64 * MIB, 64 * MIB] });

  // The guest has no udev, which would take the links of stopped arrays away; mdadm keeps their numbers taken.
  beforeEach(async () => {
    await guest().script("rm -f /dev/md/*");
  });

  const answers = async (calls: readonly Call[], env = {}): Promise<unknown[]> => {
    expect(guest().disks).toEqual([first, second, third]);
    const input = JSON.stringify(calls);
    const { stdout, stderr } = await guest().run([process.execPath, script], { input, env, timeoutSeconds: 300 });
    if (stdout === "") throw new Error(stderr || "ended without an answer");
    return JSON.parse(stdout);
  };

  it(
    "are created, answered again unchanged, held, failed, mended and stopped, as mdadm sees it",
    async () => {
      const asked = { name: "data", devices: [first, second] };
      const held = { error: { kind: "in_use", details: { holders: [{ kind: "mount", name: "/mnt/md" }] } } };
      const all: readonly (readonly [Call, unknown])[] = [
        [
          create(asked),
          {
            result: {
              changed: true,
              array: {
                path: "/dev/md127",
                array_name: "data",
                homehost: "any",
                level: "raid1",
                metadata: "1.2",
                bitmap: "internal",
              },
              devices: [{ path: first }, { path: second }],
            },
          },
        ],
        [
          sh("mdadm --detail --brief /dev/md127; cat /proc/mdstat"),
          { stdout: expect.stringMatching(/name=any:data[\s\S]*raid1 vdb\[1\] vda\[0\]/) },
        ],
        [
          create(asked),
          { result: { changed: false, array: { links: ["/dev/md/data"], raid_devices: 2, active_devices: 2 } } },
        ],
        [create({ ...asked, metadata: "1.0" }), { error: { kind: "already_exists", details: { name: "data" } } }],
        [
          create({ name: "other", devices: [third, first], force: true }),
          { error: { kind: "in_use", details: { holders: [{ kind: "md_array", name: "/dev/md127" }] } } },
        ],
        [sh("mkfs.ext4 -q -L precious /dev/md127; mkdir -p /mnt/md; mount -o ro /dev/md127 /mnt/md"), {}],
        [stop({ array: "/dev/md/data", zero_superblock: true, force: true }), held],
        [
          ["vol.create_filesystem", { device: second, fstype: "ext4", force: true }],
          {
            error: {
              kind: "in_use",
              details: { holders: expect.arrayContaining([{ kind: "md_array", name: "/dev/md127" }]) },
            },
          },
        ],
        [sh("umount /mnt/md; mdadm --wait /dev/md127 || true; mdadm --quiet /dev/md127 --fail /dev/vdb"), {}],
        [
          create(asked),
          {
            result: {
              array: {
                degraded: true,
                failed_devices: 1,
                members: [
                  { path: first, role: "active", slot: 0 },
                  { role: "missing", slot: 1 },
                  { path: second, role: "faulty" },
                ],
              },
            },
          },
        ],
        [
          sh(
            "mdadm --quiet /dev/md127 --remove /dev/vdb; mdadm --quiet /dev/md127 --re-add /dev/vdb; mdadm --wait /dev/md127 || true",
          ),
          {},
        ],
        [create(asked), { result: { array: { degraded: false, active_devices: 2, failed_devices: 0 } } }],
        [stop({ array: third }), { error: { kind: "invalid_argument" } }],
        [stop({ array: "/dev/md9" }), { error: { kind: "not_found" } }],
        [
          stop({ array: "/dev/md127", zero_superblock: true }),
          { error: { kind: "conflict", details: { signatures: [{ type: "ext4", label: "precious" }] } } },
        ],
        [
          stop({ array: "/dev/md127" }),
          {
            result: {
              superblocks_zeroed: false,
              warnings: [{ kind: "will_reassemble" }],
              devices: [{ path: first }, { path: second }],
            },
          },
        ],
        [create({ name: "data", devices: [third], missing: 1 }), { error: { kind: "already_exists" } }],
        [
          create({ name: "fresh", devices: [first, second] }),
          {
            error: {
              kind: "conflict",
              details: { signatures: [{ type: "linux_raid_member" }, { type: "linux_raid_member" }] },
            },
          },
        ],
        [
          sh("mdadm --quiet --assemble --run /dev/md127 /dev/vda /dev/vdb; fsck.ext4 -fn /dev/md127"),
          { stdout: expect.stringContaining("precious") },
        ],
        [
          stop({ array: "/dev/md127", zero_superblock: true, force: true }),
          { result: { superblocks_zeroed: true, warnings: [] } },
        ],
        [
          sh("for disk in /dev/vda /dev/vdb; do mdadm --examine $disk 2>&1 || true; done"),
          { stdout: expect.stringMatching(/(.*No md superblock.*\n){2}/) },
        ],
      ];
      const got = await answers(all.map(([call]) => call));
      for (const [at, [call, expected]] of all.entries())
        expect(got[at], JSON.stringify(call)).toMatchObject(expected as object);
    },
    PATIENCE,
  );

  it(
    "that a killed call left are answered by the same call, or made by it",
    async () => {
      const asked = { name: "killed", devices: [first, second], force: true };
      for (const step of process.env.MOS_TEST_DEEP ? ["checked", "erased", "created"] : ["created"]) {
        await expect(answers([create(asked)], { MOS_TEST_KILL_AFTER: step })).rejects.toThrow();
        const again = { result: { changed: step !== "created", array: { array_name: "killed" } } };
        const gone = { result: { superblocks_zeroed: true } };
        const calls = [create(asked), stop({ array: "/dev/md/killed", zero_superblock: true, force: true })];
        expect(await answers(calls), step).toMatchObject([again, gone]);
      }
    },
    PATIENCE,
  );

  it(
    "are refused by every guard of a stop, with force and without, and stay",
    async () => {
      const holding = (script: string) => sh(`${script} </dev/null >/dev/null 2>&1 & echo $! >/tmp/holder; sleep 3`);
      const letGo = sh("kill -9 $(cat /tmp/holder); sleep 1");
      const stops = [false, true].map((force) => stop({ array: "/dev/md127", zero_superblock: true, force }));
      const calls: readonly Call[] = [
        create({ name: "guarded", devices: [first, second], force: true }),
        sh("mkswap -q /dev/md127; swapon /dev/md127"),
        ...stops,
        sh("swapoff /dev/md127; wipefs -aq /dev/md127; mkfs.ext4 -q -L precious /dev/md127"),
        holding("unshare --mount sh -c 'mount -o ro /dev/md127 /mnt; exec sleep 600'"),
        ...stops,
        letGo,
        holding("sh -c 'exec 9<>/dev/md127; exec sleep 600'"),
        ...stops,
        letGo,
        sh("mdadm --detail --brief /dev/md127; blkid -p -o value -s LABEL /dev/md127"),
        // Without mdadm's link and with no answer from a probe, the name is still taken.
        sh(
          "rm -f /dev/md/guarded; mkdir -p /tmp/blind; printf '#!/bin/sh\\nexit 4\\n' >/tmp/blind/blkid; chmod +x /tmp/blind/blkid",
        ),
      ];
      const held = (holder: object) => ({
        error: { kind: "in_use", details: { holders: expect.arrayContaining([expect.objectContaining(holder)]) } },
      });
      const twice = (holder: object) => [held(holder), held(holder)];
      expect(await answers(calls)).toMatchObject([
        { result: { changed: true } },
        {},
        ...twice({ kind: "system", name: "/dev/md127" }),
        {},
        {},
        ...twice({ kind: "mount", name: "/mnt" }),
        {},
        {},
        ...twice({ kind: "process", name: "sleep" }),
        {},
        { stdout: expect.stringMatching(/name=any:guarded[\s\S]*precious/) },
        {},
      ]);
      const blind = { PATH: `/tmp/blind:${process.env.PATH}` };
      expect(
        await answers([create({ name: "guarded", devices: [third], missing: 1, force: true })], blind),
      ).toMatchObject([{ error: { kind: "already_exists", details: { name: "guarded" } } }]);
    },
    PATIENCE,
  );

  it(
    "and disks that were exchanged between check and act are left as they are",
    async () => {
      const remake = `mdadm --quiet --stop /dev/md127; yes | mdadm --quiet --create /dev/md127 --run --level=1 --raid-devices=2 --assume-clean --metadata=1.2 --name=other --homehost=any ${first} ${second}`;
      const ending = stop({ array: "/dev/md127", zero_superblock: true, force: true });
      const conflict = { error: { kind: "conflict", details: { expected: expect.any(String) } } };
      const exchanged = { MOS_TEST_AFTER: "checked", MOS_TEST_THEN: remake };
      expect(await answers([ending, sh("mdadm --detail --brief /dev/md127")], exchanged)).toMatchObject([
        conflict,
        { stdout: expect.stringContaining("name=any:other") },
      ]);
      expect(await answers([ending])).toMatchObject([{ result: { superblocks_zeroed: true } }]);
      const written = { MOS_TEST_AFTER: "checked", MOS_TEST_THEN: `echo somebody >${first}; sync` };
      const calls = [
        create({ name: "late", devices: [third, first], force: true }),
        sh(`head -c 8 ${first}; mdadm --examine ${third} 2>&1 || true; cat /proc/mdstat`),
      ];
      expect(await answers(calls, written)).toMatchObject([
        conflict,
        { stdout: expect.stringMatching(/^somebody[\s\S]*unused devices: <none>/) },
      ]);
    },
    PATIENCE,
  );

  it(
    "that a killed stop left are stopped, with superblocks or without",
    async () => {
      const asked = { name: "halted", devices: [first, second] };
      for (const step of process.env.MOS_TEST_DEEP ? ["stopped", "zeroed"] : ["stopped"]) {
        // What an earlier array held may show in this one.
        const ending = stop({ array: "/dev/md127", zero_superblock: true, force: true });
        await expect(
          answers([create({ ...asked, force: true }), ending], { MOS_TEST_KILL_AFTER: step }),
        ).rejects.toThrow();
        const examined = sh(`mdadm --examine ${first} 2>&1 || true`);
        expect(await answers([ending, examined]), step).toMatchObject([
          { error: { kind: "not_found" } },
          { stdout: expect.stringMatching(step === "zeroed" ? /No md superblock/ : /any:halted/) },
        ]);
      }
    },
    PATIENCE,
  );

  it(
    "aside, vfat is made and mounted, and the kernel takes partitions by itself",
    async () => {
      const disk = third;
      const size = 32 * MIB;
      const all: readonly (readonly [Call, unknown])[] = [
        [
          ["vol.create_partition", { disk, size_bytes: size, type: "uefi", name: "mosboot" }],
          { result: { table_created: true, partition: { path: `${disk}1`, size_bytes: size } } },
        ],
        [
          ["vol.create_filesystem", { device: `${disk}1`, fstype: "vfat", label: "MOSBOOT" }],
          { result: { filesystem: { fstype: "vfat", mos: true } } },
        ],
        [
          sh(`mkdir -p /mnt/fat; mount ${disk}1 /mnt/fat; echo kept >/mnt/fat/file; findmnt -no FSTYPE,LABEL /mnt/fat`),
          { stdout: expect.stringMatching(/vfat\s+MOSBOOT/) },
        ],
        [
          ["vol.create_partition", { disk, start_bytes: 40 * MIB }],
          { result: { changed: true, warnings: [], partition: { path: `${disk}2`, number: 2 } } },
        ],
        [["vol.create_filesystem", { device: disk, fstype: "ext4", force: true }], { error: { kind: "in_use" } }],
        [
          sh(`cat /mnt/fat/file; umount /mnt/fat; blockdev --rereadpt ${disk}; ls ${disk}?`),
          { stdout: `kept\n${disk}1\n${disk}2\n` },
        ],
      ];
      const got = await answers(all.map(([call]) => call));
      for (const [at, [call, expected]] of all.entries())
        expect(got[at], JSON.stringify(call)).toMatchObject(expected as object);
    },
    PATIENCE,
  );
});
