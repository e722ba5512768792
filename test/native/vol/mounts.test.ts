import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { validateResult } from "../../../generated/results.gen.js";
import type { Mount, VolListMountsParams } from "../../../generated/types.gen.js";
import { callContext } from "../../world/call-context.js";
import { FINDMNT_ARGS, parseFindmnt } from "../../world/findmnt.js";
import { LoopBench, toolBytes } from "../../world/loop.js";
import { MountNamespace } from "../../world/mount-namespace.js";
import { asFindmnt } from "../../world/mount-text.js";
import { Random, seeds } from "../../world/random.js";
import { mountsOn } from "../../world/vol-state.js";

const list = async (params: VolListMountsParams = {}, root = "/"): Promise<Mount[]> => {
  const { handlers } = await mountsOn(root);
  const result = await handlers["vol.list_mounts"](params, callContext());
  expect(validateResult["vol.list_mounts"](result), JSON.stringify(validateResult["vol.list_mounts"].errors)).toBe(
    true,
  );
  return result;
};

const findmnt = (...args: string[]) => parseFindmnt(toolBytes("findmnt", [...FINDMNT_ARGS, ...args]));

describe("on the live table", () => {
  it("equals findmnt, field by field", async () => {
    // Other suites mount and unmount meanwhile: a look that nothing came between must be equal.
    await vi.waitFor(
      async () => {
        const [before, ours, after] = [findmnt(), await list(), findmnt()];
        expect([before, after]).toContainEqual(ours.map(asFindmnt));
      },
      { timeout: 20_000 },
    );
  });

  it("asks no filesystem for its usage when told so", async () => {
    for (const mount of await list({ usage: false })) expect(mount).toMatchObject({ usage_skipped: "not_asked" });
  });
});

describe("in a mount namespace of its own", () => {
  const bench = new LoopBench();
  let namespace: MountNamespace;
  const inside = (name: string) => join(bench.folder, name);
  const ours = (params: VolListMountsParams = {}) => namespace.call<Mount[]>("vol.list_mounts", params);
  const at = (target: string): Mount | undefined => ours({ target: inside(target) })[0];

  beforeAll(async () => {
    namespace = await MountNamespace.open();
    const [first, second, ext4] = [
      bench.attach({ sizeBytes: 128 << 20 }),
      bench.attach({ sizeBytes: 128 << 20 }),
      bench.attach({ sizeBytes: 16 << 20 }),
    ];
    first.wreck("mkfs.btrfs", [
      "--quiet",
      "--data",
      "raid1",
      "--metadata",
      "raid1",
      "--label",
      "two of us",
      second.path,
    ]);
    ext4.partitionBy('label: gpt\nsize=8MiB, name="part, one"\n');
    ext4.wreck("mkfs.ext4", ["-q", "-L", "deep blue"], 1);
    namespace.script(`
      cd '${bench.folder}'
      mkdir btrfs 'with space' "new\nline" 'back\\slash' "tab\there" bind over lower ro ext4 sub stack 'gone (deleted)' hash'#'tag
      mkdir "$(printf 'caf\\351')"
      mount -t btrfs '${first.path}' btrfs
      btrfs subvolume create 'btrfs/@data,x' >/dev/null
      mount -t btrfs -o subvolid=256 '${second.path}' sub
      mount '${ext4.partition(1)}' ext4
      mkdir "ext4/deep folder" ext4/up ext4/work
      mount --bind 'ext4/deep folder' bind
      mount -t overlay -o lowerdir=lower,upperdir=ext4/up,workdir=ext4/work overlay over
      mount -t tmpfs -o size=64k 'a source' 'with space'
      mount -t tmpfs 'tab	and#hash' "new\nline"
      mount -t tmpfs none 'back\\slash'
      mount -t tmpfs none "tab\there"
      mount -t tmpfs none "$(printf 'caf\\351')"
      mount -t tmpfs none 'gone (deleted)'
      mount -t tmpfs none 'hash#tag'
      mount -t tmpfs -o ro,noexec none ro
      mount -t tmpfs under stack; mount -t tmpfs upper stack
      mount --make-shared 'with space'
      mount --bind 'with space' lower && mount --make-slave lower; mount --make-unbindable ro
    `);
  });

  afterAll(async () => {
    await namespace?.close();
    bench.close();
  });

  it("equals findmnt, field by field, whatever the names hold", () => {
    const theirs = parseFindmnt(namespace.run("findmnt", FINDMNT_ARGS));
    expect(ours().map(asFindmnt)).toEqual(theirs);
    expect(theirs.map(({ target }) => target)).toContain(inside("new\nline"));
  });

  it("shows a name that is no UTF-8 with escapes, and its exact bytes", () => {
    const found = ours().find(({ target }) => target === inside("caf\\xe9"));
    expect(Buffer.from(found?.raw_bytes?.target ?? "", "base64").toString("latin1")).toBe(inside("caf\xe9"));
    expect(found).toHaveProperty("usage.block_size");
  });

  it("takes a folder's name for what it is, even where it looks like the kernel's mark of a removed one", () => {
    expect(at("gone (deleted)")).toMatchObject({ fstype: "tmpfs" });
  });

  it("knows both members of a btrfs, its subvolume, its label", () => {
    const devices = bench.devicePaths().slice(0, 2).sort();
    expect(at("btrfs")).toMatchObject({ devices, subvol: "/", subvolid: 5, label: "two of us" });
    expect(at("sub")).toMatchObject({ devices, subvol: "/@data,x", root: "/@data,x", label: "two of us" });
    expect(at("sub")).not.toHaveProperty("partuuid");
    expect(at("sub")?.uuid).toBe(
      namespace
        .run("blkid", ["-p", "-o", "value", "-s", "UUID", devices[0] ?? ""])
        .toString()
        .trim(),
    );
  });

  it("gives a bind mount its folder and its partition's identity", () => {
    expect(at("bind")).toMatchObject({
      root: "/deep folder",
      label: "deep blue",
      partlabel: "part, one",
      devices: [`${bench.devicePaths()[2]}p1`],
    });
  });

  it("answers usage as df does", () => {
    for (const name of ["btrfs", "ext4", "with space", "over"]) {
      const [size, used, available, percent] =
        namespace
          .run("df", ["--block-size=1", "--output=size,used,avail,pcent", inside(name)])
          .toString()
          .split("\n")[1]
          ?.trim()
          .split(/\s+/) ?? [];
      expect(at(name)?.usage, name).toMatchObject({
        size_bytes: Number(size),
        used_bytes: Number(used),
        available_bytes: Number(available),
        use_percent: Number.parseInt(percent ?? "", 10),
      });
    }
  });

  it("says why a mount has no usage", () => {
    const stacked = ours({ target: inside("stack") });
    expect(stacked.map(({ source, usage_skipped }) => [source, usage_skipped])).toEqual([
      ["under", "covered"],
      ["upper", undefined],
    ]);
    expect(ours({ fstype: "proc" })[0]).toMatchObject({ usage_skipped: "virtual" });
  });

  it("filters by source: any name of a device, any member, a tag, the exact text", () => {
    const [first, second, third] = bench.devicePaths();
    const targets = (source: string) => ours({ source }).map(({ target }) => target);
    const { uuid } = at("ext4") ?? {};
    expect(targets(first ?? "")).toEqual(targets(second ?? ""));
    expect(targets("LABEL=two of us")).toEqual([inside("btrfs"), inside("sub")]);
    expect(targets(`UUID=${uuid?.toUpperCase()}`)).toEqual([inside("ext4"), inside("bind")]);
    expect(targets("PARTLABEL=part, one")).toEqual([inside("ext4"), inside("bind")]);
    expect(targets(`${third}p1`)).toEqual([inside("ext4"), inside("bind")]);
    expect(targets("a source")).toContain(inside("with space"));
    expect(targets("LABEL=nobody")).toEqual([]);
  });

  it("tells read-only from writable", () => {
    expect(at("ro")).toMatchObject({ read_only: true, options: expect.stringMatching(/^ro,/) });
    expect(at("ext4")).toMatchObject({ read_only: false });
  });

  it("equals findmnt with a mount point for every byte that a name can hold, mounts over mounts, overlays over overlays", () => {
    namespace.script(`
      cd '${bench.folder}'; mkdir bytes over-over plain nest; touch file on-file
      for byte in $(seq 255 | grep -vx 47); do
        name="$(printf "b\\\\$(printf %03o $byte)e")"
        mkdir "bytes/$name"; mount -t tmpfs "$name" "bytes/$name"
      done
      mount -t overlay -o lowerdir=over:plain below over-over
      mount --bind file on-file
      mount -t tmpfs first nest; mkdir nest/in; mount -t tmpfs hidden nest/in; mount -t tmpfs second nest
    `);
    const found = ours();
    expect(found.map(asFindmnt)).toEqual(parseFindmnt(namespace.run("findmnt", FINDMNT_ARGS)));
    const odd = found.filter(({ target }) => target.startsWith(inside("bytes/")));
    expect(odd.filter(({ usage }) => usage !== undefined)).toHaveLength(254);
    expect(at("on-file")).toMatchObject({ root: expect.stringMatching(/\/file$/), usage: expect.anything() });
    expect(at("nest/in")).toMatchObject({ source: "hidden", usage_skipped: "covered" });
  });

  it("equals findmnt with 3,000 mounts more", { timeout: 120_000 }, () => {
    namespace.script(`
      cd '${bench.folder}'; mkdir many; mount -t tmpfs none many; cd many
      seq 3000 | xargs mkdir
      for n in $(seq 3000); do echo "mount --bind $n $n"; done | sh
    `);
    const theirs = parseFindmnt(namespace.run("findmnt", FINDMNT_ARGS));
    expect(theirs.length).toBeGreaterThan(3000);
    expect(ours().map(asFindmnt)).toEqual(theirs);
  });
});

describe("on a recorded machine", () => {
  const folder = mkdtempSync(join(tmpdir(), "mos-t-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  const record = (table: Buffer | string): string => {
    mkdirSync(join(folder, "proc/self"), { recursive: true });
    writeFileSync(join(folder, "proc/self/mountinfo"), table);
    return folder;
  };

  it.each(["systemd-server", "containers", "btrfs-raid"])(
    "%s equals findmnt on the same table, and nothing is asked for usage",
    async (name) => {
      const file = join(import.meta.dirname, `../../fixtures/vol/${name}.mountinfo`);
      const found = await list({}, record(readFileSync(file)));
      expect(found.map(asFindmnt)).toEqual(findmnt("--tab-file", file));
      expect(new Set(found.map(({ usage_skipped }) => usage_skipped))).toEqual(new Set(["not_asked"]));
    },
  );

  it.each(seeds(40))("any table equals findmnt on it (seed %i)", async (seed) => {
    const table = randomTable(new Random(seed));
    const root = record(table);
    expect((await list({}, root)).map(asFindmnt)).toEqual(findmnt("--tab-file", join(root, "proc/self/mountinfo")));
  });
});

/** A table of every oddity that the kernel can print. */
function randomTable(random: Random): Buffer {
  const mangle = (text: string) =>
    text.replace(/[ \t\n\\#]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`);
  const odd = () =>
    mangle(
      Array.from({ length: random.between(1, 12) }, () =>
        random.pick([..."ab/ \t\n\\#\"',:-=()", "\xe9", "\xc3\xa9", "\x01"]),
      ).join(""),
    );
  const options = () =>
    [
      random.pick(["rw", "ro"]),
      ...Array.from({ length: random.below(4) }, () =>
        random.pick(["nosuid", "relatime", "size=4k", "subvol=/a\\040b", "mode=755"]),
      ),
    ].join(",");
  const fields = () => ["shared:7", "master:12", "propagate_from:3", "unbindable"].filter(() => random.chance(0.3));
  const rows = Array.from({ length: 300 }, (_, at) => {
    const parent = at === 0 ? 0 : random.between(1, at);
    const target = at === 0 ? "/" : `/${odd()}`;
    const head = [
      at + 1,
      parent,
      `${random.pick([0, 8, 259])}:${random.between(1, 300)}`,
      `/${odd()}`,
      target,
      options(),
      ...fields(),
    ];
    return [
      ...head,
      "-",
      random.pick(["ext4", "tmpfs", "btrfs", "fuse.x"]),
      random.pick([`s${odd()}`, "none", "tmpfs"]),
      options(),
    ].join(" ");
  });
  return Buffer.from(`${rows.join("\n")}\n`, "latin1");
}
