import { run } from "../exec.js";
import { parseTable, type Row } from "./rows.js";

/** The switch's own row, and the tables that hang on it, by row id; all of one moment. */
export interface OvsDatabase {
  readonly system: Row;
  readonly bridges: ReadonlyMap<string, Row>;
  readonly ports: ReadonlyMap<string, Row>;
  readonly interfaces: ReadonlyMap<string, Row>;
  readonly controllers: ReadonlyMap<string, Row>;
  readonly managers: ReadonlyMap<string, Row>;
  readonly mirrors: ReadonlyMap<string, Row>;
}

const TABLES = ["open_vswitch", "bridge", "port", "interface", "controller", "manager", "mirror"] as const;

/** Reads the database of Open vSwitch. Rejects with `ToolMissing`, or `CommandFailed` where no switch runs. */
export async function readDatabase(signal?: AbortSignal): Promise<OvsDatabase> {
  const lists = TABLES.flatMap((table) => ["--", "list", table]);
  const { stdout } = await run("ovs-vsctl", ["--timeout=10", "--format=json", ...lists], { ...(signal && { signal }) });
  return parseDatabase(stdout);
}

/** One line a table, in the order of asking. */
export function parseDatabase(stdout: string): OvsDatabase {
  const lines = stdout.split("\n").filter((line) => line !== "");
  const rows = TABLES.map((_, index) => parseTable(lines[index] ?? ""));
  const byId = (table: (typeof TABLES)[number]) =>
    new Map((rows[TABLES.indexOf(table)] ?? []).map((row) => [row.uuid, row]));
  const [system] = rows[0] ?? [];
  if (system === undefined) throw new SyntaxError("the database of Open vSwitch has no row of its own");
  return {
    system,
    bridges: byId("bridge"),
    ports: byId("port"),
    interfaces: byId("interface"),
    controllers: byId("controller"),
    managers: byId("manager"),
    mirrors: byId("mirror"),
  };
}
