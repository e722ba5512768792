import type { DhcpWorld } from "./dhcp.js";

/** How a DHCP client is started on a machine, so that it goes on by itself. */
export interface ClientKind {
  readonly name: "dhclient" | "udhcpc" | "dhcpcd" | "systemd-networkd" | "networkmanager";
  /** What it holds of a server that offers everything. */
  readonly kinds: readonly string[];
  start(world: DhcpWorld): void;
}

const BUS = "mkdir -p /run/dbus; dbus-daemon --system --fork --nopidfile";

const NETWORKD = `${BUS}
mkdir -p /run/systemd/network /run/systemd/netif
printf '[Match]\\nName=up0\\n[Network]\\nDHCP=yes\\nIPv6AcceptRA=yes\\n[DHCPv4]\\nUseHostname=no\\n[DHCPv6]\\nUseHostname=no\\n' >/run/systemd/network/10-up.network
chown -R systemd-network:systemd-network /run/systemd/netif
/usr/lib/systemd/systemd-networkd </dev/null >/dev/null 2>&1 &`;

const NETWORK_MANAGER = `${BUS}
mkdir -p /etc/NetworkManager/system-connections /run/NetworkManager
printf '[main]\\nplugins=keyfile\\ndhcp=internal\\nhostname-mode=none\\n[keyfile]\\nunmanaged-devices=interface-name:in*\\n' >/etc/NetworkManager/NetworkManager.conf
printf '[connection]\\nid=up\\nuuid=0c1f9d0e-0b7b-4b0e-9d6f-0a4d8a1f2c11\\ntype=ethernet\\ninterface-name=up0\\n[ipv4]\\nmethod=auto\\n[ipv6]\\nmethod=auto\\n' >/etc/NetworkManager/system-connections/up.nmconnection
chmod 600 /etc/NetworkManager/system-connections/up.nmconnection
NetworkManager -n </dev/null >/dev/null 2>&1 &`;

const ALL: readonly ClientKind[] = [
  {
    name: "dhclient",
    kinds: ["dhcp4", "dhcp6", "slaac"],
    start: (world) => world.script("for family in -4 -6; do dhclient $family up0 </dev/null >/dev/null 2>&1; done"),
  },
  {
    name: "udhcpc",
    kinds: ["dhcp4", "slaac"],
    start: (world) => world.script("udhcpc -i up0 -b -p /run/udhcpc.up0.pid </dev/null >/dev/null 2>&1"),
  },
  {
    name: "dhcpcd",
    kinds: ["dhcp4", "dhcp6", "slaac"],
    start: (world) => world.script("dhcpcd --noarp --nohook hostname up0 </dev/null >/dev/null 2>&1"),
  },
  { name: "systemd-networkd", kinds: ["dhcp4", "dhcp6", "slaac"], start: (world) => world.script(NETWORKD) },
  { name: "networkmanager", kinds: ["dhcp4", "dhcp6", "slaac"], start: (world) => world.script(NETWORK_MANAGER) },
];

/** The quick ones in `npm test`, every one in `npm run test:deep`. */
export const dhcpClients = (): readonly ClientKind[] =>
  process.env.MOS_TEST_DEEP === "1" ? ALL : ALL.filter(({ name }) => name === "dhclient" || name === "udhcpc");
