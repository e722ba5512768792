/** More than any call of ours takes. */
const MAX_TEXT = 16 * 1024 * 1024;

/** Everything on standard input. */
export async function textIn(input: NodeJS.ReadStream): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of input) {
    size += piece.length;
    if (size > MAX_TEXT) throw new Error(`standard input holds more than ${MAX_TEXT} bytes`);
    pieces.push(Buffer.from(piece));
  }
  return Buffer.concat(pieces).toString("utf8");
}
