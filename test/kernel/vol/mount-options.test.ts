import { describe, expect, it } from "vitest";
import {
  isReadOnly,
  mergeOptions,
  overlayFolders,
  propagation,
  splitOptions,
  subvolume,
} from "../../../src/kernel/mount-options.js";

describe("merged options", () => {
  it.each([
    ["rw,relatime", "rw,discard", "rw,relatime,discard"],
    ["rw,nosuid", "ro,size=4k", "ro,nosuid,size=4k"],
    ["ro,nosuid", "rw,size=4k", "ro,nosuid,size=4k"],
    ["ro", "ro", "ro"],
    ["rw", "rw,a=1", "rw,a=1"],
    ["ro,noexec", "ro,a=1", "ro,noexec,a=1"],
  ])("%s and %s are %s", (vfs, fs, merged) => {
    expect(mergeOptions(vfs, fs)).toBe(merged);
  });

  it("keep a quoted comma inside its value", () => {
    expect(splitOptions('rw,context="a:b:c1,c2",x')).toEqual(["rw", 'context="a:b:c1,c2"', "x"]);
  });
});

describe("read-only", () => {
  it("is what either the mount or the filesystem says", () => {
    expect(isReadOnly("rw,relatime", "ro")).toBe(true);
    expect(isReadOnly("ro", "rw")).toBe(true);
    expect(isReadOnly("rw", "rw,errors=remount-ro")).toBe(false);
  });
});

describe("propagation", () => {
  it.each([
    [[], "private"],
    [["shared:1"], "shared"],
    [["shared:1", "master:2", "propagate_from:3"], "shared,slave"],
    [["master:2"], "private,slave"],
    [["unbindable"], "private,unbindable"],
  ])("of %j is %s", (fields, said) => {
    expect(propagation(fields)).toBe(said);
  });
});

describe("options that name folders", () => {
  it("gives a btrfs subvolume's id and path, commas included", () => {
    expect(subvolume("rw,space_cache=v2,subvolid=256,subvol=/a,b c")).toEqual({ id: 256, path: "/a,b c" });
    expect(subvolume("rw,usersubvol=/no")).toEqual({});
  });

  it("gives an overlay's folders, the writable one first", () => {
    expect(overlayFolders("rw,lowerdir=/l1:/l2,upperdir=/u,workdir=/w")).toEqual(["/u", "/l1", "/l2"]);
    expect(overlayFolders("rw,lowerdir+=/l1,lowerdir+=/l2")).toEqual(["/l1", "/l2"]);
    expect(overlayFolders("rw,lowerdir=/a\\:b\\,c:/d\\\\,upperdir=/u\\,v")).toEqual(["/u,v", "/a:b,c", "/d\\"]);
  });
});
