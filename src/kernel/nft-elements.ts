import {
  counterOf,
  isNftObject,
  type NftObjectValue,
  type NftValue,
  numberOf,
  textOf,
  writeValue,
} from "./nft-json.js";
import type { NftElement } from "./nft-model.js";

/** A set's or map's element in nft's own notation. */
export function nftElement(value: NftValue, isMap: boolean): NftElement {
  const [key, data] = isMap && Array.isArray(value) && value.length === 2 ? value : [value, undefined];
  const plain = isNftObject(key) && isNftObject(key.elem) ? key.elem : undefined;
  const element: NftElement = { value: notation(plain?.val ?? key ?? null) };
  if (data !== undefined) element.data = notation(data);
  if (plain) addDetails(element, plain);
  return element;
}

function addDetails(element: NftElement, from: NftObjectValue): void {
  const timeout = numberOf(from.timeout);
  const expires = numberOf(from.expires);
  const comment = textOf(from.comment);
  if (timeout !== undefined) element.timeout_seconds = timeout;
  if (expires !== undefined) element.expires_seconds = expires;
  if (comment !== undefined) element.comment = comment;
  if (isNftObject(from.counter)) {
    const packets = counterOf(from.counter.packets);
    const bytes = counterOf(from.counter.bytes);
    if (packets !== undefined) element.packets = packets;
    if (bytes !== undefined) element.bytes = bytes;
  }
}

/** `10.0.0.0/8`, `1-9`, `10.0.0.1 . 80`, `accept`, `jump web`; what has no such form as JSON. */
function notation(value: NftValue): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(notation).join(",");
  if (!isNftObject(value)) return String(value);
  const [[kind, inner = null] = ["", null], ...others] = Object.entries(value);
  if (others.length > 0) return writeValue(value);
  return objectNotation(kind, inner) ?? writeValue(value);
}

function objectNotation(kind: string, inner: NftValue): string | undefined {
  if (kind === "prefix" && isNftObject(inner)) return `${notation(inner.addr ?? "")}/${notation(inner.len ?? "")}`;
  if (kind === "range" && Array.isArray(inner)) return inner.map(notation).join("-");
  if (kind === "concat" && Array.isArray(inner)) return inner.map(notation).join(" . ");
  if (kind === "elem" && isNftObject(inner)) return notation(inner.val ?? null);
  if ((kind === "jump" || kind === "goto") && isNftObject(inner)) return `${kind} ${notation(inner.target ?? "")}`;
  return inner === null ? kind : undefined;
}
