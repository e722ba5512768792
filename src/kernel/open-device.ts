import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { type BlockNode, deviceNumber } from "./block.js";

/** The node of a device is gone, or leads to another device now. */
export class DeviceReplaced extends Error {
  override readonly name = "DeviceReplaced";

  constructor(
    readonly node: string,
    readonly expected: string,
    readonly actual: string,
  ) {
    super(`${node} is no longer the device ${expected}: ${actual}`);
  }
}

export interface OpenOptions {
  /** With `O_EXCL`, which the kernel gives to one holder at a time; mounts, swap, arrays and mappings hold it. */
  readonly exclusive?: boolean;
  readonly write?: boolean;
}

const GONE: ReadonlySet<string> = new Set(["ENOENT", "ENXIO", "ENODEV", "ENOMEDIUM", "ELOOP", "ENOTDIR"]);

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";

/**
 * Opens a block device by its kernel's node, following no link, and makes certain that it is the one that is meant.
 * Answers `busy` where somebody holds it exclusively. Throws `DeviceReplaced`, or Node's system error.
 */
export async function openDevice(
  { node, majMin }: BlockNode,
  { exclusive = false, write = false }: OpenOptions = {},
): Promise<FileHandle | "busy"> {
  const mode = (write ? constants.O_RDWR : constants.O_RDONLY) | (exclusive ? constants.O_EXCL : 0);
  let handle: FileHandle;
  try {
    handle = await open(node, mode | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) === "EBUSY") return "busy";
    if (GONE.has(codeOf(error))) throw new DeviceReplaced(node, majMin, "no such device");
    throw error;
  }
  try {
    const found = await handle.stat({ bigint: true });
    const number = found.isBlockDevice() ? deviceNumber(found.rdev) : "no block device";
    if (number !== majMin) throw new DeviceReplaced(node, majMin, number);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}
