import type { Exact } from "./net-model.js";
import type { NftObjectValue } from "./nft-json.js";

export type NftFamily = "ip" | "ip6" | "inet" | "arp" | "bridge" | "netdev";

export interface NftRule {
  handle: number;
  index: number;
  expr: NftObjectValue[];
  /** As `nft list ruleset` prints it, without handle. */
  text: string;
  comment?: string;
  /** Of its first counter. */
  packets?: Exact;
  bytes?: Exact;
}

export interface NftChain {
  name: string;
  handle: number;
  type?: string;
  hook?: string;
  prio?: number;
  policy?: "accept" | "drop";
  devs?: string[];
  comment?: string;
  rules: NftRule[];
}

export interface NftElement {
  value: string;
  data?: string;
  timeout_seconds?: number;
  expires_seconds?: number;
  packets?: Exact;
  bytes?: Exact;
  comment?: string;
}

export interface NftSet {
  name: string;
  handle: number;
  type: string[];
  map?: string[];
  flags: string[];
  size?: number;
  timeout_seconds?: number;
  gc_interval_seconds?: number;
  policy?: string;
  auto_merge?: boolean;
  comment?: string;
  total: number;
  elements: NftElement[];
}

/** A stateful object or flowtable, with libnftables' own fields beside these. */
export type NftObject = NftObjectValue & { type: string; name: string; handle: number };

export interface NftTable {
  family: NftFamily;
  name: string;
  handle: number;
  flags: string[];
  comment?: string;
  chains: NftChain[];
  sets: NftSet[];
  objects: NftObject[];
}
