import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { judgeText } from "../../src/rpc/acl/load.js";
import { K1, K2, K3 } from "../fixtures/acl/keys.js";

const readme = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");

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
});
