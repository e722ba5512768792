import type { OvsBridge, OvsController, OvsInterface, OvsPort, OvsState } from "../../../generated/types.gen.js";
import type { OvsDatabase } from "../../kernel/ovs/database.js";
import type { Row } from "../../kernel/ovs/rows.js";

/** The object without what is undefined or an empty map: empty optional columns are absent. */
const present = <T extends object>(columns: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined && !isEmptyMap(value))) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

const isEmptyMap = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;

const named = <T extends { readonly name: string }>(rows: readonly T[]): T[] =>
  rows.toSorted((a, b) => (a.name < b.name ? -1 : 1));

/** The rows that a column names, in the other table. */
const linked = (row: Row, column: string, table: ReadonlyMap<string, Row>): Row[] =>
  row.texts(column).flatMap((uuid) => table.get(uuid) ?? []);

const owned = (row: Row) => ({ other_config: row.strings("other_config"), external_ids: row.strings("external_ids") });

/** The database as a tree; `only` leaves the other bridges out. */
export function ovsState(database: OvsDatabase, only?: string): OvsState {
  const { system } = database;
  const bridges = [...database.bridges.values()].filter((row) => only === undefined || row.text("name") === only);
  return {
    uuid: system.uuid,
    ...present({
      ovs_version: system.text("ovs_version"),
      db_version: system.text("db_version"),
      system_type: system.text("system_type"),
      system_version: system.text("system_version"),
      dpdk_initialized: system.flag("dpdk_initialized"),
      dpdk_version: system.text("dpdk_version"),
      cur_cfg: system.number("cur_cfg"),
      next_cfg: system.number("next_cfg"),
      statistics: system.strings("statistics"),
    }),
    datapath_types: system.texts("datapath_types").sort(),
    iface_types: system.texts("iface_types").sort(),
    managers: linked(system, "manager_options", database.managers)
      .flatMap((row) => row.text("target") ?? [])
      .sort(),
    bridges: named(bridges.map((row) => bridge(row, database))),
    ...owned(system),
  };
}

function bridge(row: Row, database: OvsDatabase): OvsBridge {
  return {
    uuid: row.uuid,
    name: row.text("name") ?? "",
    datapath_type: row.text("datapath_type") ?? "system",
    stp_enable: row.flag("stp_enable") ?? false,
    rstp_enable: row.flag("rstp_enable") ?? false,
    mcast_snooping_enable: row.flag("mcast_snooping_enable") ?? false,
    protocols: row.texts("protocols").sort(),
    ...present({
      datapath_id: row.text("datapath_id"),
      datapath_version: row.text("datapath_version"),
      fail_mode: row.word("fail_mode", ["standalone", "secure"]),
      flood_vlans: some(row.numbers("flood_vlans")),
      mirrors: some(linked(row, "mirrors", database.mirrors).flatMap((mirror) => mirror.text("name") ?? [])),
      rstp_status: row.strings("rstp_status"),
      status: row.strings("status"),
    }),
    controllers: linked(row, "controller", database.controllers).map(controller),
    ports: named(linked(row, "ports", database.ports).map((one) => port(one, database))),
    ...owned(row),
  };
}

const some = <T>(list: readonly T[]): T[] | undefined => (list.length === 0 ? undefined : [...list]);

function controller(row: Row): OvsController {
  return {
    uuid: row.uuid,
    target: row.text("target") ?? "",
    is_connected: row.flag("is_connected") ?? false,
    ...present({
      role: row.word("role", ["other", "master", "slave"]),
      connection_mode: row.word("connection_mode", ["in-band", "out-of-band"]),
      inactivity_probe: row.number("inactivity_probe"),
      max_backoff: row.number("max_backoff"),
      status: row.strings("status"),
    }),
  };
}

function port(row: Row, database: OvsDatabase): OvsPort {
  return {
    uuid: row.uuid,
    name: row.text("name") ?? "",
    trunks: row.numbers("trunks"),
    ...present({
      tag: row.number("tag"),
      cvlans: some(row.numbers("cvlans")),
      vlan_mode: row.word("vlan_mode", ["access", "native-tagged", "native-untagged", "trunk", "dot1q-tunnel"]),
      bond_mode: row.word("bond_mode", ["active-backup", "balance-slb", "balance-tcp"]),
      bond_active_slave: row.text("bond_active_slave"),
      bond_updelay: row.number("bond_updelay") || undefined,
      bond_downdelay: row.number("bond_downdelay") || undefined,
      lacp: row.word("lacp", ["active", "passive", "off"]),
      protected: row.flag("protected") || undefined,
      fake_bridge: row.flag("fake_bridge") || undefined,
      mac: row.text("mac"),
      qos: row.text("qos"),
      rstp_status: row.strings("rstp_status"),
      rstp_statistics: row.counters("rstp_statistics"),
      statistics: row.counters("statistics"),
      status: row.strings("status"),
    }),
    interfaces: named(linked(row, "interfaces", database.interfaces).map(ovsInterface)),
    ...owned(row),
  };
}

function ovsInterface(row: Row): OvsInterface {
  return {
    uuid: row.uuid,
    name: row.text("name") ?? "",
    type: row.text("type") ?? "system",
    options: row.strings("options"),
    statistics: row.counters("statistics"),
    status: row.strings("status"),
    ...present({
      ofport: row.number("ofport"),
      ofport_request: row.number("ofport_request"),
      ifindex: row.number("ifindex"),
      admin_state: row.word("admin_state", ["up", "down"]),
      link_state: row.word("link_state", ["up", "down"]),
      link_speed: row.number("link_speed"),
      link_resets: row.number("link_resets"),
      duplex: row.word("duplex", ["half", "full"]),
      mac: row.text("mac"),
      mac_in_use: row.text("mac_in_use"),
      mtu: row.number("mtu"),
      mtu_request: row.number("mtu_request"),
      error: row.text("error"),
    }),
    ...supervision(row),
    ...owned(row),
  };
}

/** Policing, BFD, CFM, LLDP: what most interfaces have nothing of. */
const supervision = (row: Row) =>
  present({
    ingress_policing_rate: row.number("ingress_policing_rate") || undefined,
    ingress_policing_burst: row.number("ingress_policing_burst") || undefined,
    ingress_policing_kpkts_rate: row.number("ingress_policing_kpkts_rate") || undefined,
    ingress_policing_kpkts_burst: row.number("ingress_policing_kpkts_burst") || undefined,
    lacp_current: row.flag("lacp_current"),
    bfd: row.strings("bfd"),
    bfd_status: row.strings("bfd_status"),
    cfm_fault: row.flag("cfm_fault"),
    cfm_mpid: row.number("cfm_mpid"),
    cfm_health: row.number("cfm_health"),
    lldp: row.strings("lldp"),
  });
