import { spawn } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BootIdentity } from "../../src/state/boot.js";
import { Registry, RegistryUnusable } from "../../src/state/registry.js";

interface Tap {
  readonly owner: number;
}
const isTap = (value: unknown): value is Tap =>
  typeof value === "object" && value !== null && "owner" in value && typeof value.owner === "number";
const boot: BootIdentity = { boot_id: "b1", pid1_start: "12", mount_namespace: "mnt:[1]", soft_reboots: 0 };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mos-t-registry-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (now = boot) => new Registry<Tap>({ folder, name: "taps", boot: now, isEntry: isTap });
const file = () => join(folder, "taps.json");

describe("a registry", () => {
  it("keeps its entries in a file of mode 0600 that says version and boot", async () => {
    const registry = open();
    await registry.put("vm1", { owner: 7 });
    await Promise.all([registry.put("vm2", { owner: 8 }), registry.remove("vm1"), registry.put("vm3", { owner: 9 })]);
    expect(JSON.parse(readFileSync(file(), "utf8"))).toEqual({
      version: 1,
      boot,
      entries: { vm2: { owner: 8 }, vm3: { owner: 9 } },
    });
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect([...open().entries]).toEqual([
      ["vm2", { owner: 8 }],
      ["vm3", { owner: 9 }],
    ]);
    expect(readdirSync(folder)).toEqual(["taps.json"]);
  });

  it.each([
    ["boot_id", "b2"],
    ["pid1_start", "13"],
    ["mount_namespace", "mnt:[2]"],
    ["soft_reboots", 1],
  ])("knows by %s that its file is of another boot, until it is adopted", async (field, value) => {
    await open().put("vm1", { owner: 7 });
    const later = open({ ...boot, [field]: value });
    expect(later.isOfThisBoot).toBe(false);
    await later.adopt();
    expect(open({ ...boot, [field]: value }).isOfThisBoot).toBe(true);
  });

  it.each([
    ["cut off", '{"version":1,"boot":{"bo'],
    ["empty", ""],
    ["a list", "[]"],
    ["without a version", JSON.stringify({ boot, entries: {} })],
    ["without a boot", JSON.stringify({ version: 1, entries: {} })],
    ["without entries", JSON.stringify({ version: 1, boot })],
    ["with an entry of another shape", JSON.stringify({ version: 1, boot, entries: { vm1: { owner: "root" } } })],
  ])("puts a file aside that is %s, says so, and goes on", async (_, text) => {
    writeFileSync(file(), text);
    const registry = open();
    expect(registry.trouble?.reason).toMatch(/put aside as .*taps\.json\.corrupt-/);
    const aside = readdirSync(folder).find((name) => name.startsWith("taps.json.corrupt-"));
    expect(readFileSync(join(folder, aside ?? ""), "utf8")).toBe(text);
    await registry.put("vm1", { owner: 1 });
    expect(open().get("vm1")).toEqual({ owner: 1 });
  });

  it("leaves a file of a newer version untouched and takes no entries", async () => {
    const newer = JSON.stringify({ version: 2, things: [] });
    writeFileSync(file(), newer);
    const registry = open();
    await expect(registry.put("vm1", { owner: 1 })).rejects.toThrow(/version 2 is newer/);
    expect(registry.entries.size).toBe(0);
    expect(readFileSync(file(), "utf8")).toBe(newer);
  });

  it("changes nothing when the file cannot be written", async () => {
    const registry = open();
    await registry.put("vm1", { owner: 7 });
    mkdirSync(`${file()}.tmp`);
    await expect(registry.put("vm2", { owner: 8 })).rejects.toBeInstanceOf(RegistryUnusable);
    expect(registry.get("vm2")).toBeUndefined();
    rmSync(`${file()}.tmp`, { recursive: true });
    await registry.put("vm3", { owner: 9 });
    expect([...open().entries.keys()]).toEqual(["vm1", "vm3"]);
  });

  it("does not write through a link that stands where its new file is made", async () => {
    const foreign = join(folder, "foreign");
    writeFileSync(foreign, "precious");
    symlinkSync(foreign, `${file()}.tmp`);
    await expect(open().put("vm1", { owner: 7 })).rejects.toBeInstanceOf(RegistryUnusable);
    expect(readFileSync(foreign, "utf8")).toBe("precious");
  });

  it("takes ids that are members of every object as ids", async () => {
    const registry = open();
    await registry.put("__proto__", { owner: 1 });
    await registry.put("constructor", { owner: 2 });
    expect([...open().entries.keys()].sort()).toEqual(["__proto__", "constructor"]);
    expect(open().get("toString")).toBeUndefined();
  });

  it("is whole after a kill at any moment: every entry that was told to be on the disk is there", async () => {
    const script = `
      import { Registry } from ${JSON.stringify(join(import.meta.dirname, "../../dist/src/state/registry.js"))};
      const registry = new Registry({ folder: ${JSON.stringify(folder)}, name: "taps", boot: ${JSON.stringify(boot)}, isEntry: () => true });
      for (let n = 0; ; n += 1) { await registry.put("vm" + n, { owner: n }); process.stdout.write(n + "\\n"); }`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let told = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      told += text;
      if (told.split("\n").length > 40) child.kill("SIGKILL");
    });
    await new Promise((resolve) => child.once("close", resolve));
    const last = Number(told.trimEnd().split("\n").at(-1));
    const found = open();
    expect(found.trouble).toBeUndefined();
    for (let n = 0; n <= last; n += 1) expect(found.get(`vm${n}`)).toEqual({ owner: n });
    expect(found.entries.size).toBeLessThanOrEqual(last + 2);
  });
});
