import type { FoundSignature, Holder } from "../../../generated/types.gen.js";
import { type RpcError, rpcError } from "../../rpc/errors.js";
import { shown } from "./target.js";

/** The specification's caps on what one error lists. */
const MOST_HOLDERS = 256;
const MOST_SIGNATURES = 256;

/** `in_use`, naming every holder. */
export function inUse(named: string, holders: readonly Holder[], resource = "device"): RpcError<"in_use"> {
  const words = holders.slice(0, 3).map(holderWords).join("; ");
  const more = holders.length > 3 ? ` and ${holders.length - 3} more` : "";
  return rpcError(
    "in_use",
    { resource, name: shown(named), holders: holders.slice(0, MOST_HOLDERS) },
    `${shown(named)} is in use: ${words}${more}`,
  );
}

const KINDS: Partial<Record<Holder["kind"], string>> = {
  mount: "mounted at",
  swap: "swap area",
  md_array: "member of the array",
  device_mapper: "below the mapping",
  btrfs_member: "member of the mounted btrfs",
  loop: "below the loop device",
  process: "opened by",
  system: "the running system lives on it:",
};

function holderWords({ kind, name, pid, device, reason }: Holder): string {
  const words = [KINDS[kind] ?? kind, name, pid === undefined ? undefined : `(pid ${pid})`];
  const through = device === undefined ? undefined : `through ${device}`;
  return [...words, through, kind === "unknown" || kind === "process" ? reason : undefined]
    .filter((word) => word !== undefined)
    .join(" ")
    .slice(0, 300);
}

/** `conflict` over signatures, the one refusal that yields to `force: true`. */
export function carriesSignatures(
  named: string,
  found: readonly FoundSignature[],
  remedy: string,
): RpcError<"conflict"> {
  const actual = found.slice(0, 8).map(signatureWords).join(", ").slice(0, 4000);
  return rpcError(
    "conflict",
    { expected: "no signature", actual, remedy, signatures: found.slice(0, MOST_SIGNATURES) },
    `${shown(named)} carries ${actual}; ${remedy}`,
  );
}

/** A signature as a person would say it. */
export const signatureWords = ({ type, label, uuid, device }: FoundSignature): string =>
  `${type}${label === undefined ? "" : ` labelled \`${label}\``}${uuid === undefined ? "" : ` ${uuid}`} on ${device}`;

/** `conflict` because the device is no longer the one that the guards saw. */
export function replaced(
  named: string,
  { expected, actual }: { readonly expected: string; readonly actual: string },
): RpcError<"conflict"> {
  return rpcError(
    "conflict",
    { expected, actual, remedy: "Look at the device again and repeat the call." },
    `${shown(named)} is no longer the device that was checked: ${expected} is now ${actual}`,
  );
}
