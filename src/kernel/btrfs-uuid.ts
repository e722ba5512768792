/** The sixteen bytes of a UUID in its usual notation. */
export const uuidText = (bytes: Buffer): string =>
  bytes.toString("hex", 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

/** The same, or undefined where all bytes are zero: btrfs's word for none. */
export const uuidIfAny = (bytes: Buffer): string | undefined =>
  bytes.subarray(0, 16).every((byte) => byte === 0) ? undefined : uuidText(bytes);
