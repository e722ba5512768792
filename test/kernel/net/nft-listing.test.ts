import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { Nft } from "../../../src/kernel/nft.js";

const made: string[] = [];

/** Puts an `nft` first on PATH whose JSON listings are empty for the first `times` times. */
function brokenNft(times: number): string {
  const folder = mkdtempSync(join(tmpdir(), "my-os-nft-"));
  made.push(folder);
  const script = `#!/bin/sh
[ "$1" = -j ] || exit 0
echo >> ${folder}/asked
[ $(wc -l < ${folder}/asked) -gt ${times} ] || exit 0
echo '{"nftables": [{"table": {"family": "ip", "name": "other", "handle": 1}}]}'
`;
  writeFileSync(join(folder, "nft"), script);
  chmodSync(join(folder, "nft"), 0o755);
  vi.stubEnv("PATH", `${folder}:${process.env.PATH}`);
  return folder;
}

afterEach(() => {
  vi.unstubAllEnvs();
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true });
});

it("a listing that broke off while the ruleset changed is asked for again", async () => {
  const folder = brokenNft(2);
  expect(await new Nft(folder).ruleset()).toMatchObject([{ family: "ip", name: "other" }]);
});

it("a listing that breaks off every time is a failure of the tool, not an empty ruleset", async () => {
  const folder = brokenNft(1000);
  await expect(new Nft(folder).ruleset()).rejects.toMatchObject({ name: "CommandFailed" });
});
