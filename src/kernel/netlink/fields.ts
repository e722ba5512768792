import { formatIpv4, formatIpv6 } from "../ip-address.js";
import type { Detail, Details } from "../net-model.js";
import type { Attributes } from "./attributes.js";
import { colonHex } from "./link-layer.js";

/** What a field's value may need beyond its own bytes. */
export interface FieldContext {
  /** The name of a link by its index. */
  readonly linkName: (index: number) => string;
  readonly users: ReadonlyMap<number, string>;
  readonly groups: ReadonlyMap<number, string>;
}

/** Reads one attribute as `ip` prints it; undefined leaves the field out. */
export type Read = (from: Attributes, type: number, context: FieldContext) => Detail | undefined;

/** An attribute's number, the name of its field, and how its value reads. */
export type Field = readonly [type: number, name: string, read: Read];

/** Reads those of the fields that are there. */
export function readFields(from: Attributes, fields: readonly Field[], context: FieldContext): Details {
  const details: Details = {};
  for (const [type, name, read] of fields) {
    const value = from.has(type) ? read(from, type, context) : undefined;
    if (value !== undefined) details[name] = value;
  }
  return details;
}

export const u8: Read = (from, type) => from.u8(type);
export const u16: Read = (from, type) => from.u16(type);
export const u32: Read = (from, type) => from.u32(type);
export const s32: Read = (from, type) => from.s32(type);
export const u64: Read = (from, type) => from.u64(type);
export const be16: Read = (from, type) => from.be16(type);

/** A byte as true or false. */
export const bool: Read = (from, type) => from.u8(type) !== 0;

/** Present, and true, only where the byte is set. */
export const whenSet: Read = (from, type) => (from.u8(type) ? true : undefined);

/** Present, and true, where the attribute is there at all. */
export const marker: Read = () => true;

/** Left out where it is zero. */
export const unlessZero =
  (read: Read): Read =>
  (from, type, context) =>
    read(from, type, context) || undefined;

/** Hexadecimal text as C's `%#x` writes it: no prefix on zero. */
export const hexText = (value: number): string => (value === 0 ? "0" : `0x${value.toString(16)}`);

/** A number as hexadecimal text. */
export const hex =
  (read: Read): Read =>
  (from, type, context) => {
    const value = read(from, type, context);
    return typeof value === "number" ? hexText(value) : undefined;
  };

/** A timer: the kernel counts hundredths, `ip` prints seconds. */
export const hundredths: Read = (from, type) => {
  const value = from.u64(type);
  return value === undefined ? undefined : Number(value) / 100;
};

export const mac: Read = (from, type) => colonHex(from.bytes(type));

export const ipv4: Read = (from, type) => (from.size(type) >= 4 ? formatIpv4(from.bytes(type), 0) : undefined);
export const ipv6: Read = (from, type) => (from.size(type) >= 16 ? formatIpv6(from.bytes(type), 0) : undefined);

/** A link by its index; left out where the index is 0. */
export const link: Read = (from, type, { linkName }) => {
  const index = from.u32(type);
  return index ? linkName(index) : undefined;
};

/** A number by its name in a list; the number itself where the list is too short. */
export const oneOf =
  (names: readonly string[], read: Read = u8): Read =>
  (from, type, context) => {
    const value = read(from, type, context);
    return typeof value === "number" ? (names[value] ?? value) : undefined;
  };
