import { describe, expect, it } from "vitest";
import { parseMountinfo } from "../../../src/kernel/mountinfo.js";
import { decodeText, unescapeHex, unescapeOctal } from "../../../src/kernel/text.js";
import { Random, seeds } from "../../world/random.js";

/** Escapes as the kernel's `mangle` does. */
const escapeOctal = (latin1: string): string =>
  latin1.replace(/[ \t\n\\#]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`);

const row = async (text: string) => (await parseMountinfo(Buffer.from(text, "latin1")))[0];

describe("octal escapes", () => {
  it.each(seeds(50))("are undone exactly, whatever bytes were escaped (seed %i)", (seed) => {
    const random = new Random(seed);
    for (let round = 0; round < 500; round += 1) {
      const bytes = Buffer.from(Array.from({ length: random.below(40) }, () => random.between(1, 255)));
      expect(unescapeOctal(escapeOctal(bytes.toString("latin1")))).toBe(bytes.toString("latin1"));
    }
  });

  it("leave a lone backslash, and one before anything but three octal digits, as they are", () => {
    expect(unescapeOctal("a\\b\\09\\777\\40")).toBe("a\\b\\09\\777\\40");
  });

  it("are undone once: an escaped backslash before digits is text", () => {
    expect(unescapeOctal("\\134040")).toBe("\\040");
  });
});

describe("bytes as text", () => {
  it("keeps valid UTF-8 and writes each other byte as \\xNN", () => {
    expect(decodeText(Buffer.from("é\n\\x41 😀", "utf8"))).toBe("é\n\\x41 😀");
    expect(decodeText(Buffer.from([0x61, 0xe9, 0x62]))).toBe("a\\xe9b");
    expect(decodeText(Buffer.from([0xc3, 0xa9, 0xff, 0xf0, 0x9f, 0x98]))).toBe("é\\xff\\xf0\\x9f\\x98");
    expect(decodeText(Buffer.from([0xed, 0xa0, 0x80]))).toBe("\\xed\\xa0\\x80");
  });

  it("undoes libblkid's hexadecimal escape", () => {
    expect(unescapeHex("a\\x0ab\\x5cx=é")).toBe("a\nb\\x=é");
    expect(unescapeHex("\\xc3\\xa9\\xff")).toBe("é\\xff");
  });
});

describe("a mountinfo row", () => {
  it("has every field, optional ones included", async () => {
    expect(
      await row("36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 propagate_from:2 - ext3 /dev/root rw,errors=continue\n"),
    ).toEqual({
      mountId: 36,
      parentId: 35,
      majMin: "98:0",
      root: "/mnt1",
      target: "/mnt2",
      source: "/dev/root",
      fstype: "ext3",
      vfsOptions: "rw,noatime",
      fsOptions: "rw,errors=continue",
      optFields: ["master:1", "propagate_from:2"],
    });
  });

  it("may have a hyphen for a root, no source, and options with spaces", async () => {
    expect(await row("1 0 0:9 - /d rw - tmpfs  rw,size=4k\n")).toMatchObject({
      root: "-",
      source: "",
      fsOptions: "rw,size=4k",
    });
    expect(await row("1 0 0:9 / /d rw - fuse.x a\\040b rw,note=two words\n")).toMatchObject({
      source: "a b",
      fsOptions: "rw,note=two words",
    });
  });

  it("keeps the exact bytes of what is no UTF-8, and only of that", async () => {
    const found = await row("1 0 0:9 / /caf\xe9\\040x rw - tmpfs t\xc3\xa9 rw\n");
    expect(found).toMatchObject({ target: "/caf\\xe9 x", source: "té" });
    expect(found?.raw).toEqual({ target: Buffer.from("/caf\xe9 x", "latin1") });
  });

  it("is not made of an empty or cut line", async () => {
    expect(await parseMountinfo(Buffer.from("\n1 2 0:1 / /x rw\n"))).toEqual([]);
  });
});
