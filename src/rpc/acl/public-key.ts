import { pointProblem } from "./ed25519-point.js";

/** A text read, or what is wrong with it, as the end of a sentence about it. */
export type Read<T> = { readonly value: T } | { readonly problem: string; readonly nearest?: string };

/** 32 bytes as 64 hex digits, in lower case whatever the case given: both spell the same number. */
export function hex32(text: string, what: string): Read<string> {
  const wanted = `wanted ${what} as 64 hex digits`;
  if (text === "") return { problem: `is empty; ${wanted}` };
  if (/^<.*>$/.test(text)) return { problem: `is still the placeholder of the example; ${wanted}` };
  if (/^0x/i.test(text)) return { problem: `begins with 0x; ${wanted} alone` };
  const foreign = /[^0-9a-f]/i.exec(text);
  if (foreign) return { problem: `is not hex: its character ${foreign.index + 1} is no hex digit; ${wanted}` };
  if (text.length !== 64) return { problem: `has ${text.length} hex digits; ${wanted}` };
  return { value: text.toLowerCase() };
}

/**
 * An Ed25519 public key in the form that the access list compares: 64 lower-case hex digits.
 * Refused are keys that are no canonical point of the curve, and those of low order.
 */
export function publicKey(text: string): Read<string> {
  const read = hex32(text, "an Ed25519 public key");
  if ("problem" in read) return read;
  const problem = pointProblem(Buffer.from(read.value, "hex"));
  return problem === undefined ? read : { problem };
}
