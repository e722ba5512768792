import type { Files } from "../../kernel/files.js";
import type { KernelLink, KernelRoute } from "../../kernel/net-model.js";

/** Names that programs give to the links that they make. */
const MAKERS: readonly (readonly [name: RegExp, owner: string])[] = [
  [/^(docker0|br-[0-9a-f]{12})$/, "docker"],
  [/^virbr[0-9]+(-nic)?$/, "libvirt"],
  [/^vnet[0-9]+$/, "libvirt"],
  [/^lxcbr[0-9]+$/, "lxc"],
  [/^lxdbr[0-9]+$/, "lxd"],
  [/^incusbr[0-9]+$/, "incus"],
  [/^(cni|podman)[0-9]+$/, "podman or a CNI plugin"],
  [/^(vmbr|fwbr|tap)[0-9]+i?[0-9]*$/, "proxmox"],
];

/** Who seems to own a link that is not ours. */
export async function linkOwner(files: Files, { ifname, ifindex, ifalias }: KernelLink): Promise<string> {
  const state = await files.readIfThere(`/run/systemd/netif/links/${ifindex}`).catch(() => undefined);
  const file = /^NETWORK_FILE=(.+)$/m.exec(state ?? "")?.[1];
  if (file !== undefined) return `systemd-networkd (${file})`.slice(0, 200);
  const maker = MAKERS.find(([name]) => name.test(ifname))?.[1];
  if (maker !== undefined) return maker;
  return ifalias === undefined ? "unknown" : `unknown; its alias is ${JSON.stringify(ifalias.slice(0, 100))}`;
}

/** Who seems to own a route that is not ours. */
export function routeOwner({ protocol }: KernelRoute): string {
  if (protocol === "kernel") return "the kernel: it belongs to an address";
  if (protocol === "ra") return "the kernel: it came with a router advertisement";
  if (protocol === "boot" || protocol === "static") return `protocol ${protocol}: an administrator or a boot script`;
  return `protocol ${protocol}`;
}
