import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { CommandFailed, run } from "./exec.js";
import { type NftObjectValue, parseNftJson, writeValue } from "./nft-json.js";
import type { NftTable } from "./nft-model.js";
import { addTexts, nftTables } from "./nft-ruleset.js";
import { splitListing } from "./nft-text.js";
import { decodeText } from "./text.js";

/** How often both listings are read anew where the ruleset changed between them. */
const MAX_TRIES = 8;

/** The tables of a listing; undefined where it broke off, as it does (with exit code 0) when the ruleset changes under it. */
function whole(listing: Buffer): NftTable[] | undefined {
  try {
    return nftTables(parseNftJson(listing));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** nftables through `nft`. */
export class Nft {
  /** @param folder where a transaction's file is written; one transaction at a time */
  constructor(private readonly folder: string) {}

  /** Every table, its rules with their text. Rejects with `ToolMissing`, `CommandFailed` or the signal's reason. */
  async ruleset(signal?: AbortSignal): Promise<NftTable[]> {
    return (await this.list(["ruleset"], signal)) ?? [];
  }

  /** One table; undefined where it is not there. */
  async table(family: "inet", name: string): Promise<NftTable | undefined> {
    return (await this.list(["table", family, name]))?.[0];
  }

  private async list(what: readonly string[], signal?: AbortSignal): Promise<NftTable[] | undefined> {
    const options = { okCodes: [0, 1], ...(signal && { signal }) };
    for (let tries = 1; ; tries++) {
      const [json, text] = await Promise.all([
        run("nft", ["-j", "list", ...what], options),
        run("nft", ["-a", "list", ...what], options),
      ]);
      if (json.exitCode === 0 && text.exitCode === 0) {
        const tables = whole(json.bytes);
        if (tables && (addTexts(tables, splitListing(decodeText(text.bytes))) || tries >= MAX_TRIES)) return tables;
        if (tries < MAX_TRIES) continue;
        throw new CommandFailed(["nft", "-j", "list", ...what], 0, "", "nft's listing was not whole, several times");
      }
      const { stderr, exitCode } = json.exitCode === 0 ? text : json;
      // One of the two may have come before the table did.
      if (!stderr.includes("No such file or directory")) {
        throw new CommandFailed(["nft", "-j", "list", ...what], exitCode, stderr, `exit code ${exitCode}`);
      }
      if (json.exitCode === text.exitCode || tries >= MAX_TRIES) return undefined;
    }
  }

  /** Runs commands in libnftables' JSON as one transaction: all of them, or none. */
  async apply(commands: readonly NftObjectValue[]): Promise<void> {
    // Not by standard input: nft opens /dev/stdin, and Node's is a socket, which cannot be opened.
    const path = join(this.folder, "nft-transaction");
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
