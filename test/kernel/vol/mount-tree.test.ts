import { describe, expect, it } from "vitest";
import { MountTree } from "../../../src/kernel/mount-tree.js";
import { parseMountinfo } from "../../../src/kernel/mountinfo.js";

const tree = async (...lines: string[]) => new MountTree(await parseMountinfo(Buffer.from(lines.join("\n"))));

const ROOT = "27 1 254:0 / / rw - ext4 /dev/vda rw";

describe("what a path lies on", async () => {
  const plain = await tree(ROOT, "30 27 8:1 / /srv rw - xfs /dev/sda1 rw", "31 30 8:2 / /srv/a rw - xfs /dev/sda2 rw");

  it.each([
    ["/", 27],
    ["/etc/hosts", 27],
    ["/srv", 30],
    ["/srvx", 27],
    ["/srv/ab", 30],
    ["/srv/a/b/c", 31],
  ])("%s lies on mount %i", (path, id) => {
    expect(plain.at(path)?.mountId).toBe(id);
  });

  it("is the topmost of several mounts on one place", async () => {
    const stacked = await tree(
      ROOT,
      "30 27 8:1 / /srv rw - xfs a rw",
      "31 30 8:2 / /srv rw - xfs b rw",
      "32 31 8:3 / /srv/x rw - xfs c rw",
    );
    expect(stacked.at("/srv")?.mountId).toBe(31);
    expect(stacked.at("/srv/x")?.mountId).toBe(32);
    expect(stacked.rows.map((row) => stacked.isVisible(row))).toEqual([true, false, true, true]);
  });

  it("is not a mount whose way is covered", async () => {
    const covered = await tree(ROOT, "30 27 8:1 / /srv/deep rw - xfs a rw", "31 27 8:2 / /srv rw - xfs b rw");
    expect(covered.at("/srv/deep")?.mountId).toBe(31);
    expect(covered.rows.map((row) => covered.isVisible(row))).toEqual([true, false, true]);
  });

  it("starts at the real root where the initial one is listed, and does without a root in a chroot", async () => {
    const initial = await tree("1 1 0:2 / / rw - rootfs rootfs rw", "27 1 254:0 / / rw - ext4 /dev/vda rw");
    expect(initial.at("/etc")?.mountId).toBe(27);
    const chroot = await tree("40 33 0:21 / /proc rw - proc proc rw");
    expect(chroot.at("/proc/1")?.mountId).toBe(40);
    expect(chroot.at("/etc")).toBeUndefined();
  });
});

describe("what may hang", async () => {
  const remote = await tree(
    ROOT,
    "30 27 0:40 / /nfs rw - nfs4 192.0.2.1:/x rw",
    "31 30 8:1 / /nfs/local rw - ext4 /dev/sda1 rw",
    "32 27 0:41 / /fuse rw - fuse.sshfs host: rw",
    "33 27 0:42 / /auto rw - autofs systemd-1 rw",
    "34 33 8:2 / /auto rw - vfat /dev/sda2 rw",
    "35 27 0:43 / /over rw - overlay overlay rw,lowerdir=/srv:/nfs/base,upperdir=/u,workdir=/w",
    "36 27 0:44 / /fine rw - overlay overlay rw,lowerdir=/srv,upperdir=/u,workdir=/w",
    "37 27 0:45 / /fusectl rw - fusectl none rw",
  );

  it.each([
    [27, false],
    [30, true],
    [31, true],
    [32, true],
    [33, true],
    [34, false],
    [35, true],
    [36, false],
    [37, false],
  ])("mount %i: %s", (id, hangs) => {
    const row = remote.rows.find(({ mountId }) => mountId === id);
    expect(row && remote.isRemote(row)).toBe(hangs);
  });
});
