import type { Files } from "./files.js";
import { isForbidden } from "./files.js";
import type { IpFamily } from "./net-model.js";

const MAIN = "/etc/network/interfaces";
const FOLDER = "/etc/network/interfaces.d";
const MAX_FILE = 256 * 1024;

/** How ifupdown configures an interface. */
export interface IfupdownStanza {
  readonly file: string;
  /** `iface eth0 inet dhcp` */
  readonly text: string;
}

/** The stanza of interfaces(5) for an interface and family; undefined where there is none that gives it addresses. */
export async function ifupdownMethod(
  files: Files,
  ifname: string,
  family: IpFamily,
): Promise<IfupdownStanza | undefined> {
  // Debian's own file takes in the folder; `run-parts` names only.
  const names = (await files.listIfThere(FOLDER).catch(noneIfForbidden)).filter((name) => /^[\w-]+$/.test(name));
  for (const file of [MAIN, ...names.map((name) => `${FOLDER}/${name}`)]) {
    const text = await files.headIfThere(file, MAX_FILE).catch(noneIfForbidden);
    const stanza = stanzaOf(typeof text === "string" ? text : "", ifname, family);
    if (stanza !== undefined) return { file, text: stanza };
  }
  return undefined;
}

const noneIfForbidden = (error: unknown): [] => {
  if (!isForbidden(error)) throw error;
  return [];
};

function stanzaOf(text: string, ifname: string, family: IpFamily): string | undefined {
  const rows = text.replace(/\\\n/g, " ").split("\n");
  return rows
    .map((row) => row.trim().split(/\s+/))
    .find(([word, name, kind, method]) => word === "iface" && name === ifname && kind === family && method !== "manual")
    ?.slice(0, 4)
    .join(" ");
}
