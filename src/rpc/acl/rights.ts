import type { Right } from "../../../generated/methods.gen.js";

/** Each right includes the ones before it. */
export const rights: readonly Right[] = ["none", "read", "write", "admin"];

export const higher = (a: Right, b: Right): Right => (rights.indexOf(a) >= rights.indexOf(b) ? a : b);
