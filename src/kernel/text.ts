import { isUtf8 } from "node:buffer";

/** How many bytes a UTF-8 sequence has by its first one; 0 where no sequence starts so. */
const sequenceLength = (lead: number): number => {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
};

/**
 * Bytes as text that JSON can carry: each byte that is not part of valid UTF-8 is written `\xNN`
 * (two lower-case hexadecimal digits), everything else stands for itself.
 */
export function decodeText(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString("utf8");
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at] ?? 0;
    const sequence = bytes.subarray(at, at + sequenceLength(lead));
    if (sequence.length > 0 && isUtf8(sequence)) {
      text += sequence.toString("utf8");
      at += sequence.length;
    } else {
      text += `\\x${lead.toString(16).padStart(2, "0")}`;
      at += 1;
    }
  }
  return text;
}

/** Undoes `\ooo` (three octal digits), the kernel's own escape in `/proc` tables; a character is a byte. */
export const unescapeOctal = (latin1: string): string =>
  latin1.replace(/\\([0-3][0-7]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

/** Undoes `\xNN`, the escape of libblkid and udev; what it makes of bytes that are no UTF-8 is shown as `decodeText` does. */
export function unescapeHex(text: string): string {
  if (!text.includes("\\x")) return text;
  const latin1 = Buffer.from(text, "utf8").toString("latin1");
  const raw = latin1.replace(/\\x([0-9a-fA-F]{2})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
  return decodeText(Buffer.from(raw, "latin1"));
}
