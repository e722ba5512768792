import type { Files } from "./files.js";

const FOLDERS = ["/etc/systemd", "/run/systemd", "/usr/local/lib/systemd", "/usr/lib/systemd"] as const;

/** Settings of `networkd.conf` and its drop-ins, the later ones winning; empty lines set nothing. */
async function configuration(files: Files): Promise<string[]> {
  const dropIns = new Map<string, string>();
  for (const folder of FOLDERS) {
    for (const name of await files.listIfThere(`${folder}/networkd.conf.d`)) {
      if (name.endsWith(".conf") && !dropIns.has(name)) dropIns.set(name, `${folder}/networkd.conf.d/${name}`);
    }
  }
  const main = FOLDERS.map((folder) => `${folder}/networkd.conf`);
  const chosen: string[] = [];
  for (const path of main) {
    const text = await files.readIfThere(path);
    if (text === undefined) continue;
    chosen.push(text);
    break;
  }
  for (const name of [...dropIns.keys()].sort()) chosen.push((await files.readIfThere(dropIns.get(name) ?? "")) ?? "");
  return chosen;
}

/** Whether systemd-networkd runs and deletes routes that it did not make (`ManageForeignRoutes=`, on unless told). */
export async function managesForeignRoutes(files: Files): Promise<boolean> {
  if ((await files.readIfThere("/run/systemd/netif/state").catch(() => undefined)) === undefined) return false;
  const values = (await configuration(files)).flatMap((text) =>
    [...text.matchAll(/^\s*ManageForeignRoutes\s*=\s*(\S+)/gm)].map(([, value = ""]) => value.toLowerCase()),
  );
  return !["no", "false", "0", "off"].includes(values.at(-1) ?? "yes");
}
