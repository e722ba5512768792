import type { FileHandle } from "node:fs/promises";
import { readExtent } from "./fingerprint.js";

/** Bytes of a device, counted from its start. */
export interface Spot {
  readonly offset: bigint;
  readonly length: number;
}

/** Overwrites spots of an open device with zeros, waits until they are on the medium, and reads them back. */
export async function erase(handle: FileHandle, spots: readonly Spot[]): Promise<void> {
  for (const { offset, length } of spots) await put(handle, offset, Buffer.alloc(length));
  await handle.sync();
  for (const { offset, length } of spots) {
    const now = await readExtent(handle, offset, length);
    if (now.some((byte) => byte !== 0)) throw new Error(`the device kept its bytes at ${offset}`);
  }
}

/** Writes all of the bytes at an offset. */
export async function put(handle: FileHandle, offset: bigint, bytes: Buffer): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    // A position beyond 2^53 is past any disk's end.
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, Number(offset) + done);
    if (bytesWritten === 0) throw new Error(`the device takes no bytes at ${offset}`);
    done += bytesWritten;
  }
}
