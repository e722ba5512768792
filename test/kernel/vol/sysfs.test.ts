import { chmodSync, readdirSync, readFileSync, readlinkSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Files } from "../../../src/kernel/files.js";
import { attribute, attributeBytes, entries, linkTarget } from "../../../src/kernel/sysfs.js";
import { Sysroot } from "../../world/sysroot.js";

describe("attributes of this machine", () => {
  const files = new Files();

  it("are what the files hold, without the line's end", async () => {
    for (const name of readdirSync("/sys/class/block")) {
      const folder = `/sys/class/block/${name}`;
      expect(await attribute(files, `${folder}/dev`)).toBe(readFileSync(`${folder}/dev`, "utf8").trim());
      expect(await linkTarget(files, folder)).toBe(readlinkSync(folder));
    }
    expect(await entries(files, "/sys/class")).toEqual(readdirSync("/sys/class").sort());
  });

  it("are read whole where they are longer than a page", async () => {
    const long = readFileSync("/proc/kallsyms").length;
    expect(long).toBeGreaterThan(4096);
    expect((await attributeBytes(files, "/proc/kallsyms"))?.length).toBe(long);
  });

  it("that are not there have no value, nor has a folder in their place", async () => {
    expect(await attribute(files, "/sys/class/block/nope/size")).toBeUndefined();
    expect(await entries(files, "/sys/class/nope")).toEqual([]);
    expect(await linkTarget(files, "/sys/class/block")).toBeUndefined();
  });
});

describe("attributes of a recorded machine", () => {
  let machine: Sysroot;
  const at = (path: string) => join(machine.folder, path);
  beforeEach(() => {
    machine = new Sysroot({
      files: { "/sys/class/x/size": "16\n", "/sys/class/x/loop": "", "/etc/secret": "inside\n" },
      links: {
        "/sys/class/out": "/etc/secret",
        "/sys/class/up": "../../../../../../../../etc/secret",
        "/sys/class/round": "round",
      },
    });
  });
  afterEach(() => machine.remove());

  it("never come from outside its folder, whatever its links say", async () => {
    const files = new Files(machine.folder);
    expect(await attribute(files, "/sys/class/x/size")).toBe("16");
    expect(await attribute(files, "/sys/class/out")).toBe("inside");
    expect(await attribute(files, "/sys/class/up")).toBe("inside");
    symlinkSync("/etc/passwd", at("/sys/class/passwd"));
    expect(await attribute(files, "/sys/class/passwd")).toBeUndefined();
  });

  it("have no value where links go round, where they are empty, or where a folder stands in their place", async () => {
    const files = new Files(machine.folder);
    expect(await attribute(files, "/sys/class/round")).toBeUndefined();
    expect(await attribute(files, "/sys/class/x/loop")).toBeUndefined();
    chmodSync(at("/sys/class/x/size"), 0);
    await expect(attribute(files, "/sys/class/x")).resolves.toBeUndefined();
  });
});
