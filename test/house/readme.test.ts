import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { methods } from "../../generated/methods.gen.js";
import { unbuilt } from "../../src/native/unbuilt.js";
import { judgeText } from "../../src/rpc/acl/load.js";
import { K1, K2, K3 } from "../fixtures/acl/keys.js";

const readme = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");
const section = (name: string): string => readme.split(`<!-- ${name} -->`)[1]?.split(`<!-- /${name} -->`)[0] ?? "";
const named = (text: string): string[] =>
  [...text.matchAll(/`((?:net|vol|rpc)\.[a-z_.]+)`/g)].map(([, name]) => String(name));

describe("the README", () => {
  it("shows an access list that is good once the placeholders are keys, and not before", () => {
    const example = /^```toml\n(.*?)^```$/ms.exec(readme)?.[1] ?? "";
    const filled = example
      .replaceAll("<admin_pubkey_hex>", K1)
      .replaceAll("<operator_pubkey_hex>", K2)
      .replaceAll("<token_sha256_hex>", K3);
    expect(judgeText(filled)).toMatchObject({ ok: true, value: { groups: [{}, {}], tokens: [{}] } });
    expect(judgeText(example).ok).toBe(false);
  });

  it("names exactly the methods that are not built yet", () => {
    expect(named(section("unbuilt"))).toEqual([...unbuilt]);
  });

  it("names exactly the methods that are", () => {
    const intro = readme.split("## What answers today")[1]?.split("<!-- unbuilt -->")[0] ?? "";
    const built = Object.entries(methods)
      .filter(([name, { mosOnly }]) => !mosOnly && !(unbuilt as readonly string[]).includes(name))
      .map(([name]) => name);
    expect(
      named(intro)
        .filter((name) => name in methods)
        .sort(),
    ).toEqual(built.sort());
  });
});
