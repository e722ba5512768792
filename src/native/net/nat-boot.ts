import type { NatBootConfig } from "../../../generated/types.gen.js";
import type { Files } from "../../kernel/files.js";
import { cidrText, parseIpPrefix } from "../../kernel/ip-prefix.js";
import type { NftTable } from "../../kernel/nft-model.js";
import { natKind } from "../../kernel/nft-nat.js";

/** `mosnat=10.0.0.0/24:eth0`, then perhaps `:192.0.2.1`. */
const MOSNAT = /^mosnat=([0-9A-Fa-f:.]+\/[0-9]{1,3}):([^:/\s]{1,15})(?::([0-9A-Fa-f:.]+))?$/;

/** The source NAT that the kernel's command line wants, and whether a rule of anybody's does that. */
export async function bootNat(files: Files, tables: readonly NftTable[]): Promise<NatBootConfig> {
  const words = ((await files.readIfThere("/proc/cmdline")) ?? "").split(/\s+/);
  const parameter = words.findLast((word) => word.startsWith("mosnat="));
  if (parameter === undefined) return { enabled: false, source: "default", in_force: true };
  const [, cidr = "", out_interface = "", to_source] = MOSNAT.exec(parameter) ?? [];
  const prefix = parseIpPrefix(cidr)?.prefix;
  const said = { source: "kernel_command_line" as const, parameter: parameter.slice(0, 4096) };
  if (parameter === "mosnat=off" || parameter === "mosnat=none") return { enabled: false, ...said, in_force: true };
  if (!prefix) return { enabled: true, ...said, in_force: false, reason: "it is not prefix:interface" };
  const source_cidr = cidrText(prefix);
  const in_force = tables.some(({ chains }) =>
    chains.some(({ hook, rules }) =>
      rules.some((rule) => {
        const kind = natKind(rule);
        const isSource = hook === "postrouting" && (kind === "masquerade" || kind === "snat");
        return isSource && rule.text.includes(`saddr ${source_cidr}`) && rule.text.includes(`"${out_interface}"`);
      }),
    ),
  );
  return {
    enabled: true,
    ...said,
    family: prefix.family,
    source_cidr,
    out_interface,
    ...(to_source !== undefined && { to_source }),
    in_force,
    ...(!in_force && { reason: "no rule translates these sources there" }),
  };
}
