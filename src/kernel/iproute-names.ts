import type { Files } from "./files.js";

/** The tables of names that iproute2 keeps for numbers. */
export type NameTable = "rt_tables" | "rt_protos" | "rt_scopes" | "rt_realms" | "rt_dsfield" | "group";

/** Newer releases ship their tables beneath `/usr`; a file of the same name in `/etc` replaces it. */
const FOLDERS = ["/etc/iproute2", "/usr/share/iproute2", "/usr/lib/iproute2"] as const;

/** What iproute2 has built in for a machine without the files. */
const BUILT_IN: Readonly<Record<NameTable, string>> = {
  rt_tables: "255 local\n254 main\n253 default",
  rt_protos:
    "0 unspec\n1 redirect\n2 kernel\n3 boot\n4 static\n8 gated\n9 ra\n10 mrt\n11 zebra\n12 bird\n13 dnrouted\n14 xorp\n" +
    "15 ntk\n16 dhcp\n18 keepalived\n42 babel\n99 openr\n186 bgp\n187 isis\n188 ospf\n189 rip\n192 eigrp",
  rt_scopes: "0 global\n255 nowhere\n254 host\n253 link\n200 site",
  rt_realms: "0 unknown",
  rt_dsfield: "0x0 0",
  group: "0 default",
};

/** Names for the numbers of one table, and back. */
export class Names {
  private readonly byNumber = new Map<number, string>();
  private readonly byName = new Map<string, number>();

  /** `format` writes a number that has no name; decimal unless told. */
  constructor(
    texts: readonly string[],
    private readonly format: (value: number) => string = String,
  ) {
    for (const text of texts) this.take(text);
  }

  name(value: number): string {
    return this.byNumber.get(value) ?? this.format(value);
  }

  /** The number of a name, or of a decimal or 0x-hexadecimal number; undefined where it is neither. */
  number(name: string): number | undefined {
    return this.byName.get(name) ?? (/^(0x[0-9a-fA-F]{1,8}|[0-9]{1,10})$/.test(name) ? Number(name) : undefined);
  }

  private take(text: string): void {
    for (const line of text.split("\n")) {
      const entry = /^\s*(0x[0-9a-fA-F]+|[0-9]+)\s+([^\s#]+)/.exec(line);
      if (!entry) continue;
      const [, digits = "", name = ""] = entry;
      this.byNumber.set(Number(digits), name);
      this.byName.set(name, Number(digits));
    }
  }
}

const mainFile = async (files: Files, table: NameTable): Promise<string> => {
  for (const folder of FOLDERS) {
    const text = await files.readIfThere(`${folder}/${table}`);
    if (text !== undefined) return text;
  }
  return "";
};

/** The `.conf` files of a table's `.d` folders; a file in `/etc` replaces its namesake beneath `/usr`. */
const dropIns = async (files: Files, table: NameTable): Promise<string[]> => {
  const chosen = new Map<string, string>();
  for (const folder of FOLDERS) {
    const names = await files.listIfThere(`${folder}/${table}.d`);
    for (const name of names.filter((candidate) => candidate.endsWith(".conf"))) {
      if (!chosen.has(name)) chosen.set(name, `${folder}/${table}.d/${name}`);
    }
  }
  const texts = await Promise.all([...chosen.values()].map((path) => files.readIfThere(path)));
  return texts.map((text) => text ?? "");
};

/** Reads one of iproute2's tables as `ip` does: built in, then the file, then its `.d` folder. */
export async function readNames(files: Files, table: NameTable): Promise<Names> {
  const [main, added] = await Promise.all([mainFile(files, table), dropIns(files, table)]);
  const hex = table === "rt_dsfield" ? (value: number) => `0x${value.toString(16).padStart(2, "0")}` : String;
  return new Names([BUILT_IN[table], main, ...added], hex);
}
