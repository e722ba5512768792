import type { WritableRouteType } from "../../../generated/types.gen.js";
import type { IpFamily } from "../../kernel/net-model.js";

/** What every entry says besides what it is of. */
interface Kept {
  /** False for what is forgotten with this boot: it stands here so that it is known as ours until then. */
  readonly persist: boolean;
  /**
   * There while its write goes on: a start that finds it so finishes the work, and makes or deletes the rest.
   */
  readonly phase?: "adding" | "deleting";
}

export interface BridgeEntry extends Kept {
  readonly kind: "bridge";
  readonly name: string;
  readonly address: string;
  readonly mtu?: number;
  readonly stp: boolean;
  readonly vlan_filtering: boolean;
  readonly up: boolean;
  readonly forward_delay_seconds?: number;
  readonly priority?: number;
  readonly ageing_time?: number;
  /** While it is deleted: the keys of the routes that go with it. */
  readonly routes?: readonly string[];
}

export interface PortEntry extends Kept {
  readonly kind: "bridge_port";
  readonly bridge: string;
  readonly interface: string;
  /** What the boot configuration puts on the interface is moved to the bridge. */
  readonly migrate: boolean;
}

export interface ConnectionEntry extends Kept {
  readonly kind: "connection";
  /** Sorts before `b`. */
  readonly a: string;
  readonly b: string;
  readonly mtu: number;
}

/** `bridges.json` holds what bridges are made of. */
export type BridgesEntry = BridgeEntry | PortEntry | ConnectionEntry;

export interface TapEntry extends Kept {
  readonly name: string;
  readonly bridge: string;
  readonly mtu: number;
  readonly address: string;
  readonly owner_uid: number;
  readonly owner_gid?: number;
  readonly multi_queue: boolean;
  readonly created_at: string;
  /** It was taken out of its bridge on purpose. */
  readonly detached?: true;
}

export interface KeptPath {
  readonly gateway?: string;
  readonly dev?: string;
  readonly weight?: number;
}

export interface RouteEntry extends Kept {
  readonly family: IpFamily;
  readonly type: WritableRouteType;
  /** In the kernel's spelling. */
  readonly dst: string;
  /** The table's number. */
  readonly table: number;
  /** As the kernel has it: 0, or 1024 for IPv6, where none was given. */
  readonly metric: number;
  readonly tos: number;
  /** The number; IPv4 only. */
  readonly scope?: number;
  readonly src?: string;
  readonly onlink: boolean;
  readonly mtu?: number;
  readonly path?: KeptPath;
  readonly nexthops?: readonly KeptPath[];
}

/** The key of an entry in `bridges.json`. */
export const bridgeKey = (name: string): string => `bridge ${name}`;
export const portKey = (bridge: string, port: string): string => `bridge_port ${bridge}/${port}`;
export const connectionKey = (a: string, b: string): string => `connection ${a}+${b}`;

type Fields = Readonly<Record<string, string>>;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether each field has its type; one that ends in `?` may be absent. */
const hasFields = (value: Record<string, unknown>, fields: Fields): boolean =>
  Object.entries(fields).every(([name, type]) => {
    const field = value[name];
    return type.endsWith("?") ? field === undefined || typeof field === type.slice(0, -1) : typeof field === type;
  });

const isKept = (value: unknown): value is Record<string, unknown> =>
  isRecord(value) &&
  typeof value.persist === "boolean" &&
  (value.phase === undefined || value.phase === "adding" || value.phase === "deleting");

const BRIDGE: Fields = {
  name: "string",
  address: "string",
  mtu: "number?",
  stp: "boolean",
  vlan_filtering: "boolean",
  up: "boolean",
  forward_delay_seconds: "number?",
  priority: "number?",
  ageing_time: "number?",
};
const PORT: Fields = { bridge: "string", interface: "string", migrate: "boolean" };
const CONNECTION: Fields = { a: "string", b: "string", mtu: "number" };
const KINDS: Readonly<Record<string, Fields>> = { bridge: BRIDGE, bridge_port: PORT, connection: CONNECTION };

export const isBridgesEntry = (value: unknown): value is BridgesEntry => {
  if (!isKept(value)) return false;
  const fields = typeof value.kind === "string" ? KINDS[value.kind] : undefined;
  return fields !== undefined && hasFields(value, fields) && isTextList(value.routes);
};

const isTextList = (value: unknown): boolean =>
  value === undefined || (Array.isArray(value) && value.every((one) => typeof one === "string"));

const TAP: Fields = {
  name: "string",
  bridge: "string",
  mtu: "number",
  address: "string",
  owner_uid: "number",
  owner_gid: "number?",
  multi_queue: "boolean",
  created_at: "string",
  detached: "boolean?",
};

export const isTapEntry = (value: unknown): value is TapEntry => isKept(value) && hasFields(value, TAP);

const ROUTE: Fields = {
  family: "string",
  type: "string",
  dst: "string",
  table: "number",
  metric: "number",
  tos: "number",
  scope: "number?",
  src: "string?",
  onlink: "boolean",
  mtu: "number?",
};
const PATH: Fields = { gateway: "string?", dev: "string?", weight: "number?" };
const isPath = (value: unknown): boolean => isRecord(value) && hasFields(value, PATH);

export const isRouteEntry = (value: unknown): value is RouteEntry =>
  isKept(value) &&
  hasFields(value, ROUTE) &&
  (value.path === undefined || isPath(value.path)) &&
  (value.nexthops === undefined || (Array.isArray(value.nexthops) && value.nexthops.every(isPath)));
