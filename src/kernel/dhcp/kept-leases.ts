import { mapBounded } from "../bounded.js";
import type { Files } from "../files.js";
import type { KernelLink } from "../net-model.js";
import type { RunningClient } from "./clients.js";
import { parseDhclientLeases } from "./dhclient-leases.js";
import { parseDhcp4 } from "./dhcp4-message.js";
import { parseDhcp6 } from "./dhcp6-message.js";
import { after, type LeaseDetails, type LeaseRecord } from "./lease.js";
import { type LeaseFile, leaseFile, matching } from "./lease-files.js";
import { parseNetworkdLease } from "./networkd-leases.js";
import { NETWORK_MANAGER_DEVICES, type Situation } from "./situation.js";

const latin1 = (file: LeaseFile): string => file.bytes.toString("latin1");
const utf8 = (file: LeaseFile): string => file.bytes.toString("utf8");

const record = (
  head: Pick<LeaseRecord, "interface" | "kind" | "client" | "source">,
  details: LeaseDetails,
): LeaseRecord => ({ ...head, family: head.kind === "dhcp4" ? "inet" : "inet6", ...details });

/** What systemd-networkd keeps; its file holds spans of time only. */
export async function networkdLeases(files: Files, { links, networkd }: Situation): Promise<LeaseRecord[]> {
  const managed = links.filter(({ ifname }) => networkd.has(ifname));
  const found = await mapBounded(managed, async ({ ifindex, ifname }) => {
    const file = await leaseFile(files, `/run/systemd/netif/leases/${ifindex}`);
    const lease = file && parseNetworkdLease(utf8(file));
    if (!file || !lease) return [];
    const head = { interface: ifname, kind: "dhcp4", client: "systemd-networkd", source: file.path } as const;
    return [record(head, fromSpans(lease, file.writtenAt))];
  });
  return found.flat();
}

interface Spans {
  readonly details: LeaseDetails;
  readonly leaseSeconds?: number;
  readonly renewSeconds?: number;
  readonly rebindSeconds?: number;
}

function fromSpans(lease: Spans, obtainedAt: number): LeaseDetails {
  const { details, renewSeconds, rebindSeconds } = lease;
  const seconds = lease.leaseSeconds ?? details.lifetimeSeconds;
  return {
    ...details,
    obtainedAt,
    ...(renewSeconds !== undefined && { renewAt: after(obtainedAt, renewSeconds) }),
    ...(rebindSeconds !== undefined && { rebindAt: after(obtainedAt, rebindSeconds) }),
    ...(seconds !== undefined && { expiresAt: after(obtainedAt, seconds) }),
  };
}

/** What NetworkManager keeps, whichever client it uses inside. */
export const networkManagerLeases = ({ links, networkManager }: Situation): LeaseRecord[] =>
  links.flatMap(({ ifindex, ifname }) => {
    const { dhcp4, dhcp6 } = networkManager.get(ifname) ?? {};
    const source = `${NETWORK_MANAGER_DEVICES}/${ifindex}`;
    const head = { interface: ifname, client: "networkmanager", source } as const;
    return [
      ...(dhcp4 ? [record({ ...head, kind: "dhcp4" }, dhcp4)] : []),
      ...(dhcp6 ? [record({ ...head, kind: "dhcp6" }, dhcp6)] : []),
    ];
  });

/** Where distributions let dhclient keep its leases. */
const DHCLIENT_FOLDERS = ["/var/lib/dhcp", "/var/lib/dhclient", "/var/lib/NetworkManager"] as const;

/** What dhclient keeps, in the usual places and where the command lines of running ones say. */
export async function dhclientLeases(files: Files, clients: readonly RunningClient[]): Promise<LeaseRecord[]> {
  const named = clients.flatMap(({ name, file }) => (name === "dhclient" && file?.startsWith("/") ? [file] : []));
  const usual = await Promise.all(DHCLIENT_FOLDERS.map((folder) => matching(files, folder, /^dhclient.*\.leases?$/)));
  const found = await mapBounded([...new Set([...named, ...usual.flat()])], async (path) => {
    const file = await leaseFile(files, path);
    if (!file) return [];
    return parseDhclientLeases(wholeLeases(file)).map(({ ifname, kind, details }) =>
      record({ interface: ifname, kind, client: "dhclient", source: path }, details),
    );
  });
  return found.flat();
}

/** A file that is cut off in front starts with the first lease that is whole. */
function wholeLeases(file: LeaseFile): string {
  const text = latin1(file);
  if (!file.isCut) return text;
  const start = text.search(/^lease6? \{/m);
  return start < 0 ? "" : text.slice(start);
}

const DHCPCD_FOLDERS = ["/var/lib/dhcpcd", "/var/lib/dhcpcd5", "/var/db/dhcpcd"] as const;

/** The interface of `eth0.lease`, `wlan0-SSID.lease`, `dhcpcd-eth0.lease`; the longest that is there. */
function ownerOf(path: string, links: readonly KernelLink[]): string | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1).replace(/^dhcpcd-/, "");
  return links
    .map(({ ifname }) => ifname)
    .filter((ifname) => name.startsWith(`${ifname}.lease`) || name.startsWith(`${ifname}-`))
    .sort((a, b) => b.length - a.length)[0];
}

/** What dhcpcd keeps: the server's messages as they came, from the moment at which the file was written. */
export async function dhcpcdLeases(files: Files, links: readonly KernelLink[]): Promise<LeaseRecord[]> {
  const paths = await Promise.all(DHCPCD_FOLDERS.map((folder) => matching(files, folder, /\.lease6?$/)));
  const found = await mapBounded(paths.flat(), async (path) => {
    const ifname = ownerOf(path, links);
    const file = ifname === undefined ? undefined : await leaseFile(files, path);
    if (ifname === undefined || !file) return [];
    const head = { interface: ifname, client: "dhcpcd", source: path } as const;
    if (path.endsWith("6")) {
      return parseDhcp6(file.bytes, file.writtenAt).map(({ kind, details }) => record({ ...head, kind }, details));
    }
    const lease = parseDhcp4(file.bytes);
    return lease ? [record({ ...head, kind: "dhcp4" }, fromSpans(lease, file.writtenAt))] : [];
  });
  return found.flat();
}
