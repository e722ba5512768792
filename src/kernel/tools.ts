import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";

/** Every system tool that the daemon may start, with the Debian package that holds it. */
export const TOOL_PACKAGES = {
  bcachefs: "bcachefs-tools",
  blkid: "util-linux",
  bridge: "iproute2",
  btrfs: "btrfs-progs",
  conntrack: "conntrack",
  df: "coreutils",
  dhclient: "isc-dhcp-client",
  dhcpcd: "dhcpcd-base",
  findmnt: "mount",
  ip: "iproute2",
  "ip6tables-legacy-save": "iptables",
  "iptables-legacy-save": "iptables",
  lsblk: "util-linux",
  mdadm: "mdadm",
  "mkfs.btrfs": "btrfs-progs",
  "mkfs.ext4": "e2fsprogs",
  "mkfs.vfat": "dosfstools",
  "mkfs.xfs": "xfsprogs",
  mkswap: "util-linux",
  modprobe: "kmod",
  mount: "mount",
  networkctl: "systemd",
  nft: "nftables",
  nmcli: "network-manager",
  "ovs-appctl": "openvswitch-common",
  "ovs-ofctl": "openvswitch-common",
  "ovs-vsctl": "openvswitch-switch",
  partx: "util-linux",
  resize2fs: "e2fsprogs",
  resolvectl: "systemd-resolved",
  sfdisk: "fdisk",
  sgdisk: "gdisk",
  systemctl: "systemd",
  udevadm: "udev",
  udhcpc: "udhcpc",
  umount: "mount",
  wipefs: "util-linux",
  xfs_growfs: "xfsprogs",
} as const satisfies Record<string, string>;

export type Tool = keyof typeof TOOL_PACKAGES;

/** A tool as it was looked for just now; `path` is absent where it is not installed. */
export interface FoundTool {
  readonly tool: Tool;
  readonly package: string;
  readonly path?: string;
}

const isProgram = async (path: string): Promise<boolean> => {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
};

/**
 * Where a tool is on `PATH` now; nothing is remembered, so an installed package needs no restart.
 * Relative entries of `PATH` are skipped: the daemon's working folder must not decide what runs as root.
 */
export async function findTool(tool: Tool, path: string = process.env.PATH ?? ""): Promise<FoundTool> {
  for (const folder of path.split(delimiter)) {
    const candidate = join(folder, tool);
    if (isAbsolute(folder) && (await isProgram(candidate))) {
      return { tool, package: TOOL_PACKAGES[tool], path: candidate };
    }
  }
  return { tool, package: TOOL_PACKAGES[tool] };
}
