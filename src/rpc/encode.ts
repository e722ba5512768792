/** JSON that is already bytes and goes on the wire as it is, such as the specification. */
export class EncodedJson {
  constructor(readonly bytes: Uint8Array) {}
}

/** A piece of a response body. */
export type Chunk = string | Uint8Array;

export const lengthOf = (chunk: Chunk): number =>
  typeof chunk === "string" ? Buffer.byteLength(chunk) : chunk.byteLength;

/**
 * A value as JSON text. 64-bit integers that came as bigint are written exactly.
 * Throws TypeError for what JSON cannot say (undefined, a function) and RangeError for what is nested too deeply.
 */
export function encodeJson(value: unknown): string {
  const text = encodeNative(value) ?? encodeExactly(value);
  if (text === undefined) throw new TypeError(`${typeof value} is no JSON value`);
  return text;
}

// The engine's own encoder is many times faster and refuses bigint, which is rare: ours runs only then.
function encodeNative(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** `JSON.stringify` with bigint written as an integer. */
function encodeExactly(value: unknown): string | undefined {
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => encodeExactly(item) ?? "null").join(",")}]`;
  if ("toJSON" in value && typeof value.toJSON === "function") return encodeExactly(value.toJSON());
  const members: string[] = [];
  for (const [key, item] of Object.entries(value)) {
    const text = encodeExactly(item);
    if (text !== undefined) members.push(`${JSON.stringify(key)}:${text}`);
  }
  return `{${members.join(",")}}`;
}
