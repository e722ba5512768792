import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const code = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.ts", "*.mjs"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file !== "" && !file.startsWith("generated/") && existsSync(join(root, file)));

const lines = (file: string): number => readFileSync(join(root, file), "utf8").split("\n").length - 1;

describe("files that a reader can hold in mind", () => {
  it("sees the code", () => {
    expect(code.length).toBeGreaterThan(100);
  });

  it("are named by their topic", () => {
    expect(code.filter((file) => /^(utils?|helpers?|common|manager|misc)\b/.test(basename(file)))).toEqual([]);
  });

  it("have at most 350 lines", () => {
    expect(code.filter((file) => lines(file) > 350)).toEqual([]);
  });
});
