import { createHash } from "node:crypto";
import type { PortSpan } from "../../kernel/conntrack-model.js";
import { unmatchable } from "../../kernel/nft-expressions.js";
import { refused } from "./addresses.js";

const MAX_COMMENT_BYTES = 128;

/** `8000-8100`, both ends included. Throws `invalid_argument`. */
export function portSpan(field: string, text: string): PortSpan {
  const [first = 0, last = 0] = text.split("-").map(Number);
  if (first < 1 || last > 65_535) throw refused(field, "ports are from 1 to 65535");
  if (first >= last) throw refused(field, "the first port must be lower than the last");
  return { first, last };
}

export const spanText = ({ first, last }: PortSpan): string => (first === last ? `${first}` : `${first}-${last}`);

/** Throws `invalid_argument` where a comment does not fit into the kernel's 128 bytes. */
export function checkComment(comment: string | undefined): void {
  const bytes = Buffer.byteLength(comment ?? "");
  if (bytes > MAX_COMMENT_BYTES) throw refused("comment", `it has ${bytes} bytes of UTF-8; at most 128 are kept`);
}

/** Throws `invalid_argument` where nft could match another interface than the one that is named. */
export function checkInterface(field: string, ifname: string | undefined): void {
  const reason = ifname === undefined ? undefined : unmatchable(ifname);
  if (reason !== undefined) throw refused(field, reason);
  if (Buffer.byteLength(ifname ?? "") > 15) throw refused(field, "an interface's name has at most 15 bytes");
}

/** A rule's id: the same for the same identity; longer where another rule's identity happens to begin with the same digits. */
export function ruleId(prefix: string, identity: string, isFree: (id: string) => boolean): string {
  const digest = createHash("sha256").update(identity).digest("hex");
  for (let digits = 8; digits < digest.length; digits += 4) {
    const id = `${prefix}-${digest.slice(0, digits)}`;
    if (isFree(id)) return id;
  }
  return `${prefix}-${digest.slice(0, 56)}`;
}

/** The given fields that are there, as text that is equal for equal rules. */
export const identityText = (fields: Readonly<Record<string, string | number | undefined>>): string =>
  JSON.stringify(Object.entries(fields).filter(([, value]) => value !== undefined));

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether the value, where it is there, is of the type. */
export const isOptional = (value: unknown, type: "string" | "number" | "boolean"): boolean =>
  value === undefined || typeof value === type;
