import { createHmac } from "node:crypto";
import { hostname } from "node:os";
import type { Files } from "./files.js";

/**
 * The node's name among nodes, 32 hex digits: derived from `/etc/machine-id`, which machine-id(5) asks not to show,
 * or from the host's name where there is none.
 */
export async function nodeId(files: Files): Promise<string> {
  // A folder in its place (a container's failed bind mount) is as good as none.
  const machine = (await files.readIfThere("/etc/machine-id").catch(() => undefined))?.trim();
  const secret = machine !== undefined && /^[0-9a-f]{32}$/.test(machine) ? machine : hostname();
  return createHmac("sha256", secret).update("my_os_server").digest("hex").slice(0, 32);
}
