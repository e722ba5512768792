import { createHash, createPrivateKey } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { connect } from "../../sdk/connect.js";
import { signingKey } from "../../sdk/signature.js";
import { bashLine } from "../../src/ctl/bash-line.js";
import { complete } from "../../src/ctl/complete.js";
import { completionScript } from "../../src/ctl/completion-scripts.js";
import { newKey, newToken } from "../../src/ctl/keys.js";

const folder = mkdtempSync(join(tmpdir(), "mos-t-ctl-"));
const nobody = async () => connect({ integers: "exact", socket: join(folder, "nobody.sock") });
afterAll(() => rmSync(folder, { recursive: true }));

describe("completion", () => {
  it("knows the words that may follow", async () => {
    expect(await complete(["net", "ro"], nobody)).toEqual(["routes"]);
    expect(await complete(["net", "routes", ""], nobody)).toEqual(["add", "delete"]);
    expect(await complete(["comp"], nobody)).toEqual(["completion"]);
    expect(await complete(["nonsense", ""], nobody)).toEqual([]);
  });

  it("knows flags, and the words that they take", async () => {
    expect(await complete(["net", "routes", "add", "--ga"], nobody)).toEqual(["--gateway"]);
    expect(await complete(["net", "routes", "add", "--no-p"], nobody)).toEqual(["--no-persist"]);
    expect(await complete(["net", "routes", "add", "--type", "black"], nobody)).toEqual(["blackhole"]);
    expect(await complete(["net", "routes", "--output", "y"], nobody)).toEqual(["yaml"]);
  });

  it("knows what follows global flags, and asks where the line says", async () => {
    const asked: unknown[] = [];
    const noted: typeof nobody = async (...places: unknown[]) => {
      asked.push(...places);
      return nobody();
    };
    expect(await complete(["--json", "net", "ro"], noted)).toEqual(["routes"]);
    expect(await complete(["net", "routes", "-o", "y"], noted)).toEqual(["yaml"]);
    expect(await complete(["net", "routes", "--output=y"], noted)).toEqual(["--output=yaml"]);
    await complete(["--host", "n1", "net", "interfaces", "--context=site", "--name", ""], noted);
    expect(asked).toEqual([{ context: "site", host: "n1" }]);
  });

  it("is silent where nobody answers", async () => {
    expect(await complete(["net", "interfaces", "--name", ""], nobody)).toEqual([]);
  });

  it("has a script for each shell, and says which there are", () => {
    for (const shell of ["bash", "zsh", "fish"]) expect(completionScript(shell)).toContain("__complete");
    expect(() => completionScript("csh")).toThrow('one of bash, zsh, fish is wanted, not "csh"');
  });
});

describe("keys", () => {
  it("are made for their owner alone, and never written over", () => {
    const file = join(folder, "key.pem");
    const { public_key } = newKey(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const pem = readFileSync(file, "utf8");
    expect(signingKey(createPrivateKey(pem)).publicKey).toBe(public_key);
    expect(() => newKey(file)).toThrow("is there already");
    expect(readFileSync(file, "utf8")).toBe(pem);
  });

  it("of tokens are known by their sum alone", () => {
    const user = "ab".repeat(32);
    const { token, sha256, acl } = newToken([user, "7"]);
    expect(createHash("sha256").update(token).digest("hex")).toBe(sha256);
    expect(Buffer.from(token, "base64url")).toHaveLength(32);
    expect(acl).toContain(`sha256 = "${sha256}"\nuser = "${user}"`);
    expect(acl).not.toContain(token);
    for (const words of [["xyz"], [user, "0"], [user, "3651"], [user, "-1"], [user, "7", "more"]])
      expect(() => newToken(words)).toThrow(/wanted/);
  });
});

describe("a line of bash", () => {
  const written = (line: string, candidate: string) => {
    const { words, inserted } = bashLine(line);
    return [words.slice(1), inserted(candidate)];
  };

  it.each([
    ["ctl net  ro", ["net", "ro"], "routes", "routes"],
    ["ctl net ", ["net", ""], "a b", "a\\ b"],
    ["ctl --name a\\ b", ["--name", "a b"], "a b$(x)`y`;*", "a\\ b\\$\\(x\\)\\`y\\`\\;\\*"],
    ["ctl --name 'a b", ["--name", "a b"], "a b'$c", "a b'\\''$c"],
    ['ctl --name "a \\$', ["--name", "a $"], 'a $(x)"`\\', 'a \\$(x)\\"\\`\\\\'],
    ["ctl --name=wa", ["--name=wa"], "--name=wan 0", "wan\\ 0"],
    ["ctl --path /a:", ["--path", "/a:"], "/a:b", "b"],
    ["ctl --path '/a:", ["--path", "/a:"], "/a:b", "/a:b"],
    ["ctl 'it'\\''s' x\\", ["it's", "x"], "xÿ-é", "xÿ-é"],
  ])("%s", (line, words, candidate, inserted) => {
    expect(written(line, candidate)).toEqual([words, inserted]);
  });
});
