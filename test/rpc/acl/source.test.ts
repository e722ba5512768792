import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { loadAccessList } from "../../../src/rpc/acl/load.js";
import { MOST_BYTES, readSource } from "../../../src/rpc/acl/source.js";

const folder = mkdtempSync(join(tmpdir(), "my-os-acl-"));
afterAll(() => rmSync(folder, { recursive: true }));
const own = process.geteuid?.() ?? 0;
const file = join(folder, "acl.toml");
const good = '[policy]\nanonymous_local = "none"\n';

beforeEach(() => {
  writeFileSync(file, good);
  chmodSync(file, 0o600);
});

const reasonFor = (path: string, owners: readonly number[] = [own]): string => {
  const source = readSource(path, owners);
  return "reason" in source ? source.reason : "read";
};

describe("the file of an access list is read", () => {
  it.each([0o400, 0o440, 0o444, 0o600, 0o640, 0o644])("with the mode %o", (mode) => {
    chmodSync(file, mode);
    expect(readSource(file, [own])).toEqual({ text: good });
  });

  it("through a symbolic link", () => {
    symlinkSync(file, join(folder, "link.toml"));
    expect(readSource(join(folder, "link.toml"), [own])).toEqual({ text: good });
  });

  it("up to its greatest length", () => {
    writeFileSync(file, "#".repeat(MOST_BYTES));
    expect(readSource(file, [own])).toEqual({ text: "#".repeat(MOST_BYTES) });
  });

  it("without the mark that some editors put first", () => {
    writeFileSync(file, `\ufeff${good}`);
    expect(readSource(file, [own])).toEqual({ text: good });
  });
});

describe("the file of an access list is refused", () => {
  it.each([0o602, 0o620, 0o622, 0o646, 0o664, 0o666, 0o777])("when others may write it: mode %o", (mode) => {
    chmodSync(file, mode);
    expect(reasonFor(file)).toContain(`(mode 0${mode.toString(8)}), who could make anybody admin: chmod go-w`);
  });

  it("when it belongs to a stranger", () => {
    expect(reasonFor(file, [own + 1])).toContain(`belongs to uid ${own}, who could make anybody admin`);
  });

  it("when it is not there", () => {
    expect(reasonFor(join(folder, "nothing.toml"))).toMatch(/^cannot be read: ENOENT/);
  });

  it("when its folder is a file", () => {
    expect(reasonFor(join(file, "acl.toml"))).toMatch(/^cannot be read: ENOTDIR/);
  });

  it("when a link leads to itself", () => {
    symlinkSync("loop.toml", join(folder, "loop.toml"));
    expect(reasonFor(join(folder, "loop.toml"))).toMatch(/^cannot be read: ELOOP/);
  });

  it("when it is a folder", () => {
    mkdirSync(join(folder, "folder.toml"), { mode: 0o700 });
    expect(reasonFor(join(folder, "folder.toml"))).toContain("is a folder, and an access list is a regular file");
  });

  it("when it is a FIFO, without waiting for a writer", () => {
    execFileSync("sh", ["-c", 'mkfifo -m 0600 "$0"', join(folder, "fifo.toml")]);
    expect(reasonFor(join(folder, "fifo.toml"))).toContain("is a FIFO");
  });

  it("when it is a device", () => {
    expect(reasonFor("/dev/zero")).toContain("is a device");
  });

  it("when it is a socket", async () => {
    const server = createServer();
    await new Promise<void>((done) => server.listen(join(folder, "socket.toml"), done));
    expect(reasonFor(join(folder, "socket.toml"))).toContain("is a socket");
    await new Promise((done) => server.close(done));
  });

  it("when it is too long, whatever size it claims", () => {
    writeFileSync(file, "#".repeat(MOST_BYTES + 1));
    expect(reasonFor(file)).toBe("is longer than 262144 bytes");
  });

  it.each([
    ["a lone continuation byte", [0x80]],
    ["Latin-1", [0x23, 0xe9, 0x0a]],
    ["a cut character", [0x23, 0xe2, 0x82]],
    ["an overlong slash", [0x23, 0xc0, 0xaf]],
    ["a surrogate", [0x23, 0xed, 0xa0, 0x80]],
    ["UTF-16", [0xff, 0xfe, 0x23, 0x00]],
  ])("when it is not UTF-8: %s", (_name, bytes) => {
    writeFileSync(file, Buffer.from(bytes));
    expect(reasonFor(file)).toBe("is not UTF-8 text");
  });

  it("as the whole list is, with the reason alone", () => {
    chmodSync(file, 0o666);
    const reason = expect.stringContaining("chmod go-w");
    expect(loadAccessList(file)).toEqual({ ok: false, problems: [{ path: "", reason }] });
  });
});
