import type { MethodName } from "../../generated/methods.gen.js";
import type { Answer, WriteWorld } from "./write-world.js";

/** One call, and what is to come of it: `changed`, `unchanged`, an error's kind, or `any` where it is the kernel's to say. */
export interface Step {
  readonly method: MethodName;
  readonly comes: string;
  params(world: WriteWorld, earlier: readonly Answer[]): object;
}

const step = (method: MethodName, comes: string, params: object | Step["params"] = {}): Step => ({
  method,
  comes,
  params: typeof params === "function" ? (params as Step["params"]) : () => params,
});

/** The id of the last rule that was made. */
const lastId = (_: WriteWorld, earlier: readonly Answer[]) => ({
  id: earlier.findLast(({ result }) => result?.id !== undefined)?.result?.id ?? "none",
});

const net: readonly Step[] = [
  step("net.ovs.conntrack.flush", "changed", { zone: 5 }),
  step("net.ovs.conntrack.flush", "not_found", { datapath: "system@nowhere" }),
  step("net.conntrack.flush", "invalid_argument", {}),
  step("net.conntrack.flush", "changed", { protocol: "udp", source: "10.0.0.20" }),
  step("net.conntrack.flush", "changed", { force: true }),
  step("net.conntrack.flush", "unchanged", { protocol: "udp", source: "10.0.0.20" }),
  step("net.routes.add", "changed", { dst: "198.51.100.0/24", gateway: "203.0.113.9" }),
  step("net.routes.add", "unchanged", { dst: "198.51.100.0/24", gateway: "203.0.113.9" }),
  step("net.routes.add", "conflict", { dst: "198.51.100.0/24", gateway: "203.0.113.8" }),
  step("net.routes.add", "changed", { dst: "198.51.100.0/24", gateway: "203.0.113.8", replace: true }),
  step("net.routes.add", "invalid_argument", { dst: "198.51.100.1/24", gateway: "203.0.113.9" }),
  step("net.routes.delete", "conflict", { dst: "198.18.0.0/15" }),
  step("net.routes.delete", "changed", { dst: "198.18.0.0/15", force: true }),
  step("net.routes.delete", "not_found", { dst: "198.18.0.0/15" }),
  step("net.bridge.add", "changed", { name: "br0", address: "02:00:00:00:00:b0" }),
  step("net.bridge.add", "unchanged", { name: "br0" }),
  step("net.bridge.add", "conflict", { name: "br0", stp: true }),
  step("net.bridge.add", "already_exists", { name: "eth0" }),
  step("net.bridge.add", "changed", { name: "br1", address: "02:00:00:00:00:b1" }),
  step("net.bridge.add_port", "changed", { bridge: "br0", interface: "eth1" }),
  step("net.bridge.add_port", "unchanged", { bridge: "br0", interface: "eth1" }),
  step("net.bridge.add_port", "conflict", { bridge: "br1", interface: "eth1" }),
  step("net.bridge.add_port", "conflict", { bridge: "br0", interface: "eth0" }),
  step("net.bridge.add_port", "changed", { bridge: "br0", interface: "eth0", migrate: true }),
  step("net.bridge.add_port", "not_found", { bridge: "br0", interface: "eth7" }),
  step("net.bridge.connect", "changed", { a: "br0", b: "br1" }),
  step("net.bridge.connect", "unchanged", { a: "br1", b: "br0" }),
  step("net.bridge.connect", "invalid_argument", { a: "br0", b: "br0" }),
  step("net.bridge.delete", "in_use", { name: "br0" }),
  step("net.bridge.delete", "not_found", { name: "br7" }),
  step("net.vm.create_tap", "changed", { name: "tap0", bridge: "br1", owner_uid: 64055 }),
  step("net.vm.create_tap", "unchanged", { name: "tap0", bridge: "br1", owner_uid: 64055 }),
  step("net.vm.create_tap", "conflict", { name: "tap0", bridge: "br1", owner_uid: 1 }),
  step("net.vm.create_tap", "not_found", { name: "tap1", bridge: "br7" }),
  step("net.vm.delete_tap", "not_found", { name: "tap1" }),
  step("net.vm.delete_tap", "changed", { name: "tap0" }),
  step("net.bridge.remove_port", "changed", { bridge: "br0", interface: "eth1" }),
  step("net.bridge.remove_port", "unchanged", { bridge: "br0", interface: "eth1" }),
  step("net.bridge.remove_port", "not_found", { bridge: "br0", interface: "eth7" }),
  step("net.bridge.delete", "changed", { name: "br1", force: true }),
  step("net.firewall.add_rule", "changed", { protocol: "tcp", port: 8080 }),
  step("net.firewall.add_rule", "unchanged", { protocol: "tcp", port: 8080 }),
  step("net.firewall.add_rule", "invalid_argument", { protocol: "icmp", port: 1 }),
  step("net.firewall.add_rule", "changed", { protocol: "udp", port_range: "60000-61000", comment: "mosh" }),
  step("net.firewall.remove_rule", "changed", lastId),
  step("net.firewall.remove_rule", "not_found", { id: "fw-00000000" }),
  step("net.nat.add_dnat", "changed", {
    protocol: "tcp",
    external_port: 443,
    internal_ip: "10.0.0.30",
    internal_port: 8443,
    enable_forwarding: true,
  }),
  step("net.nat.add_dnat", "unchanged", {
    protocol: "tcp",
    external_port: 443,
    internal_ip: "10.0.0.30",
    internal_port: 8443,
  }),
  step("net.nat.add_dnat", "conflict", {
    protocol: "tcp",
    external_port: 443,
    internal_ip: "10.0.0.31",
    internal_port: 8443,
  }),
  step("net.nat.remove_dnat", "changed", lastId),
  step("net.nat.remove_dnat", "not_found", { id: "dnat-00000000" }),
  step("net.nat.add_snat", "changed", { source_cidr: "10.0.0.0/24", out_interface: "far-eth1" }),
  step("net.nat.add_snat", "unchanged", { source_cidr: "10.0.0.0/24", out_interface: "far-eth1" }),
  step("net.nat.add_snat", "invalid_argument", { source_cidr: "10.0.0.1/24", out_interface: "far-eth1" }),
  step("net.nat.remove_snat", "changed", lastId),
  step("net.nat.remove_snat", "not_found", { id: "snat-00000000" }),
  step("net.lease.restart", "unsupported", { interface: "far-eth1" }),
  step("net.lease.restart", "not_found", { interface: "eth7" }),
];

const disks: readonly Step[] = [
  step("vol.create_partition", "changed", (world: WriteWorld) => ({
    disk: world.disk("table"),
    size_bytes: 64 << 20,
    name: "first",
  })),
  step("vol.create_partition", "conflict", (world: WriteWorld) => ({
    disk: world.disk("table"),
    start_bytes: 2 << 20,
    size_bytes: 8 << 20,
    name: "over",
  })),
  step("vol.create_partition", "not_found", { disk: "/dev/no-such-disk" }),
  step("vol.create_partition", "in_use", (world: WriteWorld) => ({ disk: world.disk("data") })),
  step("vol.create_filesystem", "changed", (world: WriteWorld) => ({
    device: world.disk("plain"),
    fstype: "ext4",
    label: "plain",
  })),
  step("vol.create_filesystem", "conflict", (world: WriteWorld) => ({ device: world.disk("plain"), fstype: "ext4" })),
  step("vol.create_filesystem", "changed", (world: WriteWorld) => ({
    device: world.disk("plain"),
    fstype: "ext4",
    label: "again",
    force: true,
  })),
  step("vol.create_filesystem", "in_use", (world: WriteWorld) => ({
    device: world.disk("data"),
    fstype: "ext4",
    force: true,
  })),
  step("vol.create_filesystem", "invalid_argument", (world: WriteWorld) => ({
    device: world.disk("other"),
    fstype: "ext4",
    label: "longer than sixteen bytes",
  })),
  step("vol.create_filesystem", "changed", (world: WriteWorld) => ({ device: world.disk("other"), fstype: "ext4" })),
  ...(["changed", "conflict"] as const).map((comes) =>
    step("vol.create_btrfs_raid", comes, (world: WriteWorld) => ({
      devices: [world.disk("one"), world.disk("two")],
      data_profile: "raid1",
      metadata_profile: "raid1",
      label: comes,
    })),
  ),
  step("vol.create_btrfs_raid", "changed", (world: WriteWorld) => ({
    devices: [world.disk("one"), world.disk("two")],
    data_profile: "single",
    metadata_profile: "raid1",
    force: true,
  })),
  step("vol.create_md_array", "any", (world: WriteWorld) => ({
    name: world.array,
    devices: [world.disk("left"), world.disk("right")],
  })),
  step("vol.stop_md_array", "any", (world: WriteWorld) => ({
    array: `/dev/md/${world.array}`,
    zero_superblock: true,
    force: true,
  })),
  step("vol.stop_md_array", "not_found", { array: "/dev/md/no-such-array" }),
];

const filesystems: readonly Step[] = [
  step("vol.mount", "changed", (world: WriteWorld) => ({
    device: world.disk("plain"),
    target: world.at("made"),
    create_target: true,
  })),
  step("vol.mount", "unchanged", (world: WriteWorld) => ({ device: world.disk("plain"), target: world.at("made") })),
  step("vol.mount", "conflict", (world: WriteWorld) => ({ device: world.disk("other"), target: world.at("made") })),
  step("vol.mount", "not_found", (world: WriteWorld) => ({ device: world.disk("other"), target: world.at("missing") })),
  step("vol.unmount", "changed", (world: WriteWorld) => ({ target: world.at("made") })),
  step("vol.unmount", "not_found", (world: WriteWorld) => ({ target: world.at("made") })),
  step("vol.create_subvolume", "changed", (world: WriteWorld) => ({ path: world.at("data/vm") })),
  step("vol.create_subvolume", "unchanged", (world: WriteWorld) => ({ path: world.at("data/vm") })),
  step("vol.create_subvolume", "already_exists", (world: WriteWorld) => ({ path: world.at("data/folder") })),
  step("vol.create_subvolume", "changed", (world: WriteWorld) => ({ path: world.at("data/vm/nested") })),
  step("vol.snapshot_subvolume", "changed", (world: WriteWorld) => ({
    source: world.at("data/vm"),
    target: world.at("data/shot"),
    read_only: true,
  })),
  step("vol.snapshot_subvolume", "not_found", (world: WriteWorld) => ({
    source: world.at("data/nothing"),
    target: world.at("data/shot2"),
  })),
  step("vol.set_quota", "conflict", (world: WriteWorld) => ({
    path: world.at("data/vm"),
    max_referenced_bytes: 64 << 20,
  })),
  step("vol.set_quota", "changed", (world: WriteWorld) => ({
    path: world.at("data/vm"),
    max_referenced_bytes: 64 << 20,
    enable: true,
  })),
  step("vol.set_quota", "changed", (world: WriteWorld) => ({ path: world.at("data/vm"), max_referenced_bytes: null })),
  step("vol.delete_subvolume", "in_use", (world: WriteWorld) => ({ path: world.at("data/vm") })),
  step("vol.delete_subvolume", "conflict", (world: WriteWorld) => ({ path: world.at("data/shot") })),
  step("vol.delete_subvolume", "changed", (world: WriteWorld) => ({ path: world.at("data/shot"), force: true })),
  step("vol.delete_subvolume", "changed", (world: WriteWorld) => ({ path: world.at("data/vm"), recursive: true })),
  step("vol.delete_subvolume", "not_found", (world: WriteWorld) => ({ path: world.at("data/vm") })),
  step("vol.scrub_start", "changed", (world: WriteWorld) => ({ path: world.at("data") })),
  step("vol.balance_start", "invalid_argument", (world: WriteWorld) => ({ path: world.at("data") })),
  step("vol.balance_start", "changed", (world: WriteWorld) => ({ path: world.at("data"), data: { usage: 50 } })),
  step("vol.defrag", "changed", (world: WriteWorld) => ({ path: world.at("data/folder"), recursive: true })),
  step("vol.defrag", "not_found", (world: WriteWorld) => ({ path: world.at("data/nothing") })),
  step("vol.resize_max", "unchanged", (world: WriteWorld) => ({ path: world.at("data") })),
  step("vol.resize_max", "not_found", (world: WriteWorld) => ({ path: world.at("nothing") })),
];

export const steps: readonly Step[] = [...net, ...disks, ...filesystems];
