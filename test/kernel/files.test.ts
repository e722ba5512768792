import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Files } from "../../src/kernel/files.js";

describe("beneath another root", () => {
  const root = mkdtempSync(join(tmpdir(), "mos-t-"));
  const files = new Files(root);
  afterAll(() => rmSync(root, { recursive: true }));
  beforeAll(() => {
    for (const folder of ["etc", "run/deep/er", "data"]) mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(root, "data/file"), "inside");
    const links = {
      "etc/absolute": "/data/file",
      "etc/relative": "../data/file",
      "etc/escaping": "../../../../../../data/file",
      "etc/outside": "/etc/passwd",
      "etc/folder": "/data",
      "etc/chain": "folder/../etc/absolute",
      "etc/nowhere": "/gone/file",
      "etc/circle": "circle2",
      "etc/circle2": "/etc/circle",
    };
    for (const [path, target] of Object.entries(links)) symlinkSync(target, join(root, path));
    execFileSync("sh", ["-c", 'mkfifo "$0"', join(root, "etc/fifo")]);
  });

  it("is not the live machine", () => {
    expect(files.live).toBe(false);
    expect([new Files().live, new Files("/./").live]).toEqual([true, true]);
  });

  it.each(["absolute", "relative", "escaping", "folder/file", "chain", "../../etc/absolute"])(
    "/etc/%s stays inside",
    async (name) => {
      expect(await files.read(`/etc/${name}`)).toBe("inside");
    },
  );

  it("never reads the machine's own file of that name", async () => {
    expect(await files.readIfThere("/etc/outside")).toBeUndefined();
    expect(await files.readIfThere("/proc/self/mountinfo")).toBeUndefined();
    await expect(files.read("/etc/outside")).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("tells where links lead, in the root's own words", async () => {
    expect(await files.link("/etc/relative")).toBe("../data/file");
    expect(await files.link("/data/file")).toBeUndefined();
    expect(await files.resolve("/etc/chain")).toBe("/data/file");
    expect(await files.resolve("/etc/nowhere")).toBeUndefined();
    expect(await files.target("/etc/nowhere")).toBe("/gone/file");
    expect([await files.exists("/etc/chain"), await files.exists("/etc/nowhere")]).toEqual([true, false]);
  });

  it("takes a circle of links for nothing there", async () => {
    expect(await files.readIfThere("/etc/circle")).toBeUndefined();
    expect(await files.target("/etc/circle")).toBeUndefined();
    expect(await files.exists("/etc/circle")).toBe(false);
  });

  it("lists folders through links, and none where there is none", async () => {
    expect(await files.list("/etc/folder")).toEqual(["file"]);
    expect(await files.listIfThere("/etc/nowhere")).toEqual([]);
    expect(await files.listIfThere("/data/file")).toEqual([]);
  });

  it("reads no more of a file than is asked, of an endless one too, and nothing of a folder", async () => {
    expect(await files.headIfThere("/etc/chain", 3)).toBe("ins");
    expect(await files.headIfThere("/etc/outside", 3)).toBeUndefined();
    expect(await files.headIfThere("/data", 3)).toBeUndefined();
    expect(await new Files().headIfThere("/dev/zero", 3)).toBe("\0\0\0");
  });

  it("does not wait at a FIFO that somebody put in a file's place", async () => {
    expect(await files.readIfThere("/etc/fifo")).toBe("");
  });

  it("says what it may not read, rather than taking it for absent", async () => {
    await expect(files.readIfThere("/data")).rejects.toMatchObject({ code: "EISDIR" });
  });
});
