import { mapBounded } from "../bounded.js";
import type { Files } from "../files.js";
import type { IpFamily, KernelLink, KernelRoute } from "../net-model.js";
import { type RunningClient, runningClients, serves } from "./clients.js";
import { leaseFile, matching } from "./lease-files.js";
import { type NetworkdLink, parseNetworkdLink } from "./networkd-leases.js";
import { type NetworkManagerDevice, parseNetworkManagerDevice } from "./networkmanager-device.js";

const NETWORKD_LINKS = "/run/systemd/netif/links";
export const NETWORK_MANAGER_DEVICES = "/run/NetworkManager/devices";

/** What the kernel has and who runs: by this it is decided which kept leases are in force. */
export interface Situation {
  readonly links: readonly KernelLink[];
  /** Default routes of both families, and IPv6 routes that lead nowhere. */
  readonly routes: readonly KernelRoute[];
  readonly clients: readonly RunningClient[];
  /** The links that systemd-networkd configures, by name. */
  readonly networkd: ReadonlyMap<string, NetworkdLink>;
  /** The links that NetworkManager configures, by name. */
  readonly networkManager: ReadonlyMap<string, NetworkManagerDevice>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Looks at the clients beside what the kernel said. */
export async function situationOf(
  files: Files,
  links: readonly KernelLink[],
  routes: readonly KernelRoute[],
): Promise<Situation> {
  const [clients, networkd, networkManager] = await Promise.all([
    runningClients(files),
    noted(files, NETWORKD_LINKS, links, parseNetworkdLink),
    noted(files, NETWORK_MANAGER_DEVICES, links, managedDevice),
  ]);
  return { links, routes, clients, networkd, networkManager, now: Date.now() };
}

/** What a manager notes of its links: a file for each of them, named by its index. */
async function noted<T>(
  files: Files,
  folder: string,
  links: readonly KernelLink[],
  parse: (text: string) => T | undefined,
): Promise<Map<string, T>> {
  const names = new Map(links.map(({ ifindex, ifname }) => [`${folder}/${ifindex}`, ifname]));
  const found = new Map<string, T>();
  await mapBounded(await matching(files, folder, /^[1-9][0-9]{0,9}$/), async (path) => {
    const ifname = names.get(path);
    const file = ifname === undefined ? undefined : await leaseFile(files, path);
    const told = file && parse(file.bytes.toString("utf8"));
    if (ifname !== undefined && told !== undefined) found.set(ifname, told);
  });
  return found;
}

/** A device that NetworkManager leaves alone is none of its. */
function managedDevice(text: string): NetworkManagerDevice | undefined {
  const device = parseNetworkManagerDevice(text);
  return device.managed ? device : undefined;
}

/** Whether a running client configures an interface in a family: the managers say which ones they take. */
export function holds(
  { networkd, networkManager }: Situation,
  client: RunningClient,
  ifname: string,
  family: IpFamily,
) {
  if (client.name === "systemd-networkd") return networkd.has(ifname);
  if (client.name === "networkmanager") return networkManager.has(ifname);
  return serves(client, ifname, family);
}

/** The running client of an interface in a family; one that was started for this very interface comes first. */
export function clientOf(situation: Situation, ifname: string, family: IpFamily): RunningClient | undefined {
  const all = situation.clients.filter((client) => holds(situation, client, ifname, family));
  return all.find(({ interfaces }) => interfaces !== undefined) ?? all[0];
}
