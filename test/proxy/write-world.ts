import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { LoopBench, type LoopDevice, tool } from "../world/loop.js";
import { MosNode } from "../world/mos-node.js";
import { OpenVswitch } from "../world/open-vswitch.js";
import { settled } from "./settled.js";

const MiB = 1 << 20;
/** By what each is for: a table to write, two to format, two for a btrfs, two for an array, one in use. */
const DISKS = { table: 256, plain: 64, other: 64, one: 256, two: 256, left: 32, right: 32, data: 300 } as const;
export type DiskName = keyof typeof DISKS;

export interface Answer {
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number; readonly message: string; readonly data: { readonly kind: string } };
}

/** A daemon mounts only what pid 1 would see: inside, a process that sleeps beside it stands for that one. */
const AS_INIT = 'setpriv --pdeathsig=KILL sleep 3600 & mount --bind /proc/$! /proc/1; exec "$@"';

/** A MOS node with links, a switch and disks, all of its own and made the same way each time. */
export class WriteWorld {
  private readonly ovs = new OpenVswitch();
  private readonly bench = new LoopBench();
  private readonly disks = new Map<DiskName, LoopDevice>();
  private node: MosNode | undefined;

  async open(): Promise<void> {
    const { namespace } = this.ovs;
    this.ovs.start();
    this.makeConnections();
    namespace.sysctl("net.ipv6.conf.default.addr_gen_mode", 1);
    namespace.batch([
      ...["eth0", "eth1"].flatMap((name, index) => [
        `link add ${name} address 02:00:00:00:02:0${index} type veth peer name far-${name} address 02:00:00:00:03:0${index}`,
        `link set ${name} up`,
        `link set far-${name} up`,
      ]),
      "addr add 203.0.113.10/24 dev eth0",
      "route add 198.18.0.0/15 via 203.0.113.7",
    ]);
    for (const [name, size] of Object.entries(DISKS))
      this.disks.set(name as DiskName, this.bench.attach({ sizeBytes: size * MiB }));
    const data = this.disks.get("data");
    data?.wreck("mkfs.btrfs", ["-q"]);
    if (data) this.bench.mount(data.path, "data");
    mkdirSync(this.at("data/folder"));
    this.node = await MosNode.start([...namespace.wrapper, "sh", "-c", AS_INIT, "sh"], this.ovs.env);
  }

  /** Connections for those who flush: one that the switch tracks in zone 5, two that the kernel tracks. */
  private makeConnections(): void {
    // It would go on calling, and each try is a connection more.
    this.ovs.run("ovs-vsctl", "del-controller", "br-int");
    this.ovs.run("ovs-ofctl", "add-flow", "br-ex", "priority=9,ip actions=ct(commit,zone=5),NORMAL");
    this.ovs.run("ovs-ofctl", "add-flow", "br-ex", "priority=8 actions=NORMAL");
    this.ovs.hosts[0].run("ping", "-c", "1", "192.0.2.2");
    for (const address of ["10.0.0.20", "10.0.0.21"]) {
      const ports = ["--sport", "1000", "--dport", "53", "--timeout", "600"];
      this.ovs.run("conntrack", "-I", "-p", "udp", "-s", address, "-d", "192.0.2.53", ...ports);
    }
  }

  /** A path inside the world's folder. */
  at(name: string): string {
    return join(this.bench.folder, name);
  }

  disk(name: DiskName): string {
    return this.disks.get(name)?.path ?? "";
  }

  /** A name that nobody else on this machine has; the array's, for names of arrays are the machine's. */
  get array(): string {
    return `a${this.bench.folder.slice(-6)}`;
  }

  async call(way: "through" | "direct", method: string, params: object): Promise<Answer> {
    if (this.node === undefined) throw new Error("open first");
    const answer = way === "through" ? this.node.proxy.call(method, params) : this.node.upstream(method, params);
    return (await answer) as Answer;
  }

  /** What the system's own tools say is there now, in this world's words made those of all. */
  looks(): unknown {
    const inside = (...words: string[]) => this.ovs.run(words[0] ?? "", ...words.slice(1));
    const upstream = this.node?.upstreamPid ?? 0;
    const mounted = tool("nsenter", [
      `--mount=/proc/${upstream}/ns/mnt`,
      "findmnt",
      "-lno",
      "TARGET,SOURCE,FSTYPE,OPTIONS",
    ]);
    const probed = [...this.disks.values()].map(({ path }) => quiet("blkid", ["-p", "-o", "export", path]));
    return this.common({
      links: JSON.parse(inside("ip", "-d", "-j", "addr")),
      routes: JSON.parse(inside("ip", "-d", "-j", "route", "show", "table", "all")),
      nft: quiet("ip", ["netns", "exec", this.ovs.namespace.name, "nft", "list", "ruleset"]),
      mounted: mounted.split("\n").filter((line) => line.includes(this.bench.folder)),
      probed,
      table: quiet("sfdisk", ["--dump", this.disk("table")]),
      subvolumes: tool("btrfs", ["subvolume", "list", "-q", this.at("data")]),
      // The kernel clears away behind a deletion when it comes to it.
      quotas: quiet("btrfs", ["qgroup", "show", "-r", "--raw", this.at("data")]).replaceAll(/^.*<stale>\n/gm, ""),
    });
  }

  /** A value without what differs between two worlds that are alike: names of devices and folders, random ids, moments. */
  common(value: unknown): unknown {
    let text = JSON.stringify(settled(value), (key, item) => (COURSE.test(key) ? undefined : inHand(item))) ?? "null";
    for (const [name, disk] of this.disks) {
      text = text.replaceAll(new RegExp(`${disk.name}(?=p?\\D|$)`, "g"), `<${name}>`);
    }
    text = text.replaceAll(this.bench.folder, "<folder>").replaceAll(this.array, "<array>");
    for (const [pattern, word] of RANDOM) text = text.replaceAll(pattern, word);
    return inOrder(JSON.parse(text));
  }

  async close(): Promise<void> {
    await this.node?.stop();
    this.bench.close();
    this.ovs.stop();
  }
}

/** How far something is that the kernel goes on with after the answer: carriers, a rescan, a scrub, a balance. */
const COURSE = /^(operstate|fdb_n_learned|inconsistent|rescan_running|referenced_bytes|exclusive_bytes|scrub|balance)$/;
const UNSETTLED: ReadonlySet<unknown> = new Set(["NO-CARRIER", "LOWER_UP"]);
const inHand = (value: unknown): unknown =>
  Array.isArray(value) ? value.filter((item) => !UNSETTLED.has(item) && item?.kind !== "quota_rescan_running") : value;

/** Ids that are drawn, and numbers and moments that the kernel gives. */
const RANDOM: readonly (readonly [RegExp, string])[] = [
  [/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/gi, "<uuid>"],
  [/\bfe80::[0-9a-f:]+/g, "<link-local>"],
  [/\b(fw|dnat|snat)-[0-9a-f]{8}\b/g, "$1-<id>"],
  [/\b[0-9a-f]{2}(?::[0-9a-f]{2}){5}\b/g, "<mac>"],
  [/\bmos-t-[0-9a-f]{8}\b/g, "<namespace>"],
  [/"(maj_min|devno)":"\d+:\d+"/g, '"$1":"<number>"'],
  [/\b0x[0-9a-f]{8}\b/g, "<hex>"],
  [/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<moment>"],
  [
    /"(diskseq|mount_id|parent_id|major|minor|ifindex|handle|pid|generation|boot_id|started_at|root_id|bridge_id|designated_root|link_netnsid|link_index|age_seconds|ofport|id)":(?:\d+|"[0-9a-f.]+")/g,
    '"$1":"<drawn>"',
  ],
];

/** Lists whose order follows names and numbers that differ are put into one order. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(inOrder).sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inOrder(item)]));
}

function quiet(command: string, args: readonly string[]): string {
  try {
    return tool(command, args);
  } catch {
    return "";
  }
}
