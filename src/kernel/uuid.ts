/** Sixteen bytes in the usual form, lower case, in the order in which they lie. */
export const formatUuid = (bytes: Buffer): string =>
  bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
