import type { NatBootConfig } from "../../../generated/types.gen.js";
import { commandLine, networkWords } from "../../kernel/command-line.js";
import type { Files } from "../../kernel/files.js";
import { cidrText } from "../../kernel/ip-prefix.js";
import type { NftTable } from "../../kernel/nft-model.js";
import { natKind } from "../../kernel/nft-nat.js";
import { readParameters } from "./boot-parameters.js";

/** The source NAT that the kernel's command line wants, and whether a rule of anybody's does that. */
export async function bootNat(files: Files, tables: readonly NftTable[]): Promise<NatBootConfig> {
  const told = readParameters(networkWords(await commandLine(files))).filter(
    ({ parameter }) => parameter.name === "mosnat",
  );
  // The last one that is understood counts; where none is, what is wrong with the last one.
  const last = told.findLast(({ parameter }) => parameter.recognised) ?? told.at(-1);
  if (!last) return { enabled: false, source: "default", in_force: true };
  const { parameter, text, meaning } = last;
  const said = { source: "kernel_command_line" as const, parameter: text };
  const { problem: reason } = parameter;
  if (reason !== undefined) return { enabled: true, ...said, in_force: false, reason };
  const rule = meaning.nat?.rule;
  if (!rule) return { enabled: false, ...said, in_force: true };
  const { sources, out_interface, to_source } = rule;
  const source_cidr = cidrText(sources);
  const in_force = tables.some(({ chains }) =>
    chains.some(({ hook, rules }) =>
      rules.some((one) => {
        const kind = natKind(one);
        const isSource = hook === "postrouting" && (kind === "masquerade" || kind === "snat");
        return isSource && one.text.includes(`saddr ${source_cidr}`) && one.text.includes(`"${out_interface}"`);
      }),
    ),
  );
  return {
    enabled: true,
    ...said,
    family: sources.family,
    source_cidr,
    out_interface,
    ...(to_source !== undefined && { to_source }),
    in_force,
    ...(!in_force && { reason: "no rule translates these sources there" }),
  };
}
