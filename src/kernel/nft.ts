import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { CommandFailed, run } from "./exec.js";
import { type NftObjectValue, parseNftJson, writeValue } from "./nft-json.js";
import type { NftTable } from "./nft-model.js";
import { addTexts, nftTables } from "./nft-ruleset.js";
import { splitChains } from "./nft-text.js";
import { decodeText } from "./text.js";

/** How often both listings are read anew where the ruleset changed between them. */
const MAX_TRIES = 8;

/** nftables through `nft`. */
export class Nft {
  /** @param folder where a transaction's file is written; one transaction at a time */
  constructor(private readonly folder: string) {}

  /** Every table. Rejects with `ToolMissing`, `CommandFailed` or the signal's reason. */
  async ruleset(signal?: AbortSignal): Promise<NftTable[]> {
    const { bytes } = await run("nft", ["-j", "list", "ruleset"], signal ? { signal } : {});
    return nftTables(parseNftJson(bytes));
  }

  /** Every table; rules have their text where iptables' extensions are in it, which say nothing else. */
  async legible(signal?: AbortSignal): Promise<NftTable[]> {
    const tables = await this.ruleset(signal);
    const isOpaque = tables.some(({ chains }) =>
      chains.some(({ rules }) => rules.some(({ expr }) => expr.some((statement) => "xt" in statement))),
    );
    return isOpaque ? this.rulesetWithTexts(signal) : tables;
  }

  /** Every table, its rules with their text. */
  async rulesetWithTexts(signal?: AbortSignal): Promise<NftTable[]> {
    const options = signal ? { signal } : {};
    for (let tries = 1; ; tries++) {
      const [json, text] = await Promise.all([
        run("nft", ["-j", "list", "ruleset"], options),
        run("nft", ["-a", "list", "ruleset"], options),
      ]);
      const tables = nftTables(parseNftJson(json.bytes));
      if (addTexts(tables, splitChains(decodeText(text.bytes))) || tries >= MAX_TRIES) return tables;
    }
  }

  /** One table; undefined where it is not there. */
  async table(family: "inet", name: string): Promise<NftTable | undefined> {
    const { bytes, exitCode, stderr } = await run("nft", ["-j", "list", "table", family, name], { okCodes: [0, 1] });
    if (exitCode === 0) return nftTables(parseNftJson(bytes))[0];
    if (stderr.includes("No such file or directory")) return undefined;
    throw new CommandFailed(["nft", "-j", "list", "table", family, name], exitCode, stderr, "exit code 1");
  }

  /** Runs commands in libnftables' JSON as one transaction: all of them, or none. */
  async apply(commands: readonly NftObjectValue[]): Promise<void> {
    // Not by standard input: nft opens /dev/stdin, and Node's is a socket, which cannot be opened.
    const path = join(this.folder, "nft-transaction.json");
    const { O_CREAT, O_WRONLY, O_TRUNC, O_NOFOLLOW } = constants;
    const file = await open(path, O_CREAT | O_WRONLY | O_TRUNC | O_NOFOLLOW, 0o600);
    try {
      await file.writeFile(writeValue({ nftables: [...commands] }));
    } finally {
      await file.close();
    }
    await run("nft", ["-j", "-f", path]);
  }
}
