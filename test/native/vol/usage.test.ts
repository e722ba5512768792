import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FilesystemUsage } from "../../../generated/types.gen.js";
import { Files } from "../../../src/kernel/files.js";
import { SpaceReader } from "../../../src/kernel/statfs.js";
import { usage } from "../../../src/native/vol/usage.js";
import { callContext } from "../../world/call-context.js";
import { LoopBench, tool } from "../../world/loop.js";
import { MountNamespace } from "../../world/mount-namespace.js";

const method = (root = "/") => usage({ files: new Files(root), space: new SpaceReader() })["vol.usage"];
const ask = (path?: string, root?: string) =>
  Promise.resolve(method(root)(path === undefined ? {} : { path }, callContext()));

const df = (run: (args: string[]) => string, path: string) => {
  const [source, fstype, size, used, available, percent, inodes, inodesUsed, inodesPercent, target] =
    run(["--block-size=1", "--output=source,fstype,size,used,avail,pcent,itotal,iused,ipcent,target", path])
      .split("\n")[1]
      ?.trim()
      .split(/\s+/) ?? [];
  return {
    source,
    fstype,
    size: Number(size),
    used: Number(used),
    available: Number(available),
    percent,
    inodes: Number(inodes),
    inodesUsed: Number(inodesUsed),
    inodesPercent,
    target,
  };
};

const asDf = (entry: FilesystemUsage | undefined) => ({
  source: entry?.source,
  fstype: entry?.fstype,
  size: entry?.size_bytes,
  used: entry?.used_bytes,
  available: entry?.available_bytes,
  percent: `${entry?.use_percent}%`,
  inodes: entry?.inodes ?? 0,
  inodesUsed: entry?.inodes_used ?? 0,
  inodesPercent: entry?.inodes_use_percent === undefined ? "-" : `${entry.inodes_use_percent}%`,
  target: entry?.target,
});

describe("the filesystem of a path", () => {
  const folder = mkdtempSync(join(tmpdir(), "mos-t-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("is answered as df answers it", async () => {
    const [entry, ...others] = await ask(folder);
    const theirs = df((args) => tool("df", args), folder);
    expect(others).toEqual([]);
    // Others write to this filesystem meanwhile.
    expect(asDf(entry)).toMatchObject({
      source: theirs.source,
      fstype: theirs.fstype,
      size: theirs.size,
      inodes: theirs.inodes,
      target: theirs.target,
    });
  });

  it("follows symbolic links, relative, absolute and upwards", async () => {
    mkdirSync(join(folder, "a/b"), { recursive: true });
    symlinkSync("../../dev/shm", join(folder, "a/up"));
    symlinkSync("/dev/shm/.", join(folder, "a/b/shm"));
    symlinkSync("b/shm", join(folder, "a/chain"));
    const [wanted] = await ask("/dev/shm");
    expect(wanted).toMatchObject({ target: "/dev/shm", fstype: "tmpfs" });
    expect((await ask(join(folder, "a/chain")))[0]).toMatchObject({ target: "/dev/shm" });
    await expect(ask(join(folder, "a/up/nothing"))).rejects.toMatchObject({ kind: "not_found" });
  });

  it("is not found where the path leads nowhere, and invalid where it leads round in circles", async () => {
    symlinkSync("loop", join(folder, "loop"));
    writeFileSync(join(folder, "file"), "");
    await expect(ask(join(folder, "nothing"))).rejects.toMatchObject({
      kind: "not_found",
      details: { resource: "path" },
    });
    await expect(ask(join(folder, "file/below"))).rejects.toMatchObject({ kind: "not_found" });
    await expect(ask(join(folder, "loop"))).rejects.toMatchObject({
      kind: "invalid_argument",
      details: { field: "path" },
    });
    await expect(ask(`/${"x".repeat(300)}`)).rejects.toMatchObject({ kind: "invalid_argument" });
  });

  it("has no blocks where it is virtual", async () => {
    expect((await ask("/proc/self/status"))[0]).toMatchObject({ fstype: "proc", size_bytes: 0, use_percent: 0 });
  });

  it("cannot be asked on a recorded machine", async () => {
    await expect(ask(undefined, folder)).rejects.toMatchObject({ kind: "unsupported", details: { mode: "native" } });
  });

  it("is never asked where it is remote, not even for what a link on it says", async () => {
    // A table with a dead server; the folder is an ordinary one, so that a touch would be seen as success.
    const root = mkdtempSync(join(tmpdir(), "mos-t-"));
    mkdirSync(join(root, "proc/self"), { recursive: true });
    writeFileSync(
      join(root, "proc/self/mountinfo"),
      `27 1 8:1 / / rw - ext4 /dev/sda1 rw\n30 27 0:40 / ${folder} rw - nfs4 192.0.2.1:/x rw\n`,
    );
    const asked: (string | Buffer)[] = [];
    const files = new RecordedLive(root);
    const space = new SpaceReader({
      ask: (path) => {
        asked.push(path);
        return Promise.reject(new Error("touched"));
      },
    });
    await expect(
      Promise.resolve(usage({ files, space })["vol.usage"]({ path: join(folder, "a/chain") }, callContext())),
    ).rejects.toMatchObject({ kind: "unsupported" });
    await usage({ files, space })["vol.usage"]({}, callContext());
    expect(asked).toEqual(["/"]);
    rmSync(root, { recursive: true });
  });
});

/** A recorded mount table over the live machine. */
class RecordedLive extends Files {
  override readonly live = true;
  constructor(private readonly recorded: string) {
    super("/");
  }
  override bytes(path: string): Promise<Buffer> {
    return super.bytes(join(this.recorded, path));
  }
}

describe("all filesystems", () => {
  const bench = new LoopBench();
  let namespace: MountNamespace;
  const inside = (name: string) => join(bench.folder, name);

  beforeAll(async () => {
    namespace = await MountNamespace.open();
    const [ext4, xfs, btrfs] = [
      bench.attach({ sizeBytes: 64 << 20 }),
      bench.attach({ sizeBytes: 320 << 20 }),
      bench.attach({ sizeBytes: 128 << 20 }),
    ];
    ext4.wreck("mkfs.ext4", ["-q", "-m", "7"]);
    xfs.wreck("mkfs.xfs", ["-q"]);
    btrfs.wreck("mkfs.btrfs", ["--quiet"]);
    namespace.script(`
      cd '${bench.folder}'; chmod 755 .; mkdir ext4 xfs btrfs bind longer-bind sub hidden locked
      mount '${ext4.path}' ext4; mount -t xfs '${xfs.path}' xfs; mount '${btrfs.path}' btrfs
      head -c 5000000 /dev/urandom > ext4/some; head -c 9000000 /dev/urandom > xfs/more; sync -f ext4/some xfs/more
      mkdir ext4/folder; mount --bind ext4/folder bind; mount --bind ext4/folder longer-bind
      btrfs subvolume create btrfs/vol >/dev/null; umount btrfs; mount -o subvol=vol '${btrfs.path}' sub
      mkdir hidden/below; mount -t tmpfs seen-not hidden/below; mount -t tmpfs lid hidden
      chmod 700 locked; mkdir locked/in; mount -t tmpfs kept locked/in
    `);
  });

  afterAll(async () => {
    await namespace?.close();
    bench.close();
  });

  const entries = () =>
    namespace.call<FilesystemUsage[]>("vol.usage").filter(({ target }) => target.startsWith(bench.folder));

  it("are answered as df answers them, once each, by the mount of the root", () => {
    const found = entries();
    expect(found.map(({ target }) => target)).toEqual(["ext4", "xfs", "sub", "hidden", "locked/in"].map(inside));
    for (const name of ["ext4", "xfs", "sub"]) {
      const theirs = df((args) => namespace.run("df", args).toString(), inside(name));
      expect(asDf(found.find(({ target }) => target === inside(name)))).toEqual(theirs);
    }
  });

  it("keep what is reserved for root apart", () => {
    const ext4 = entries().find(({ target }) => target === inside("ext4"));
    const sum = Number(ext4?.used_bytes) + Number(ext4?.available_bytes) + Number(ext4?.reserved_bytes);
    expect(sum).toBe(ext4?.size_bytes);
    expect(Number(ext4?.reserved_bytes)).toBeGreaterThan(3 << 20);
  });

  it("leave out those that an ordinary user cannot reach", () => {
    const found = namespace.call<FilesystemUsage[]>("vol.usage", {}, { uid: 65534 });
    expect(found.map(({ target }) => target)).toContain(inside("xfs"));
    expect(found.map(({ target }) => target)).not.toContain(inside("locked/in"));
  });

  it("answer a path inside by the filesystem's own mount", () => {
    expect(namespace.call<FilesystemUsage[]>("vol.usage", { path: inside("bind") })[0]).toMatchObject({
      target: inside("bind"),
      source: bench.devicePaths()[0],
    });
  });
});
