import type { Files } from "../../kernel/files.js";
import { readFstab } from "../../kernel/fstab.js";
import type { MountTree } from "../../kernel/mount-tree.js";
import type { MountRow } from "../../kernel/mountinfo.js";

/** Without these, and what the daemon's state lies on, nothing works any more. */
const SYSTEM_FOLDERS = "/ /boot /boot/efi /dev /etc /proc /run /sys /usr /var".split(" ");

/** Whether the running system lives on the mount. */
export async function isSystemMount(files: Files, tree: MountTree, row: MountRow, stateDir: string): Promise<boolean> {
  const places = await Promise.all(
    [...SYSTEM_FOLDERS, stateDir].map(async (path) => (await files.resolve(path).catch(() => undefined)) ?? path),
  );
  return places.some((place) => tree.at(place)?.mountId === row.mountId);
}

/** Whose folders these are. */
const OWNERS: readonly (readonly [prefix: string, owner: string])[] = [
  ["/var/lib/docker/", "docker"],
  ["/run/docker/", "docker"],
  ["/var/lib/containers/", "podman"],
  ["/var/lib/containerd/", "containerd"],
  ["/run/containerd/", "containerd"],
  ["/var/lib/kubelet/", "kubelet"],
  ["/var/lib/lxc/", "lxc"],
  ["/var/lib/machines/", "systemd-machined"],
  ["/var/lib/libvirt/", "libvirt"],
  ["/snap/", "snapd"],
  ["/run/user/", "systemd-logind"],
  ["/run/credentials/", "systemd"],
  ["/media/", "udisks"],
  ["/run/media/", "udisks"],
];

const UNIT_FOLDERS = ["/etc/systemd/system", "/run/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"];

/** Who seems to have made a mount that is not the daemon's; undefined where nothing tells. */
export async function ownerHint(files: Files, { target }: MountRow): Promise<string | undefined> {
  if ((await readFstab(files)).some((line) => line.target === target)) return "fstab";
  const unit = `${unitName(target)}.mount`;
  for (const folder of UNIT_FOLDERS) {
    if (unit.length < 256 && (await files.exists(`${folder}/${unit}`))) return `systemd unit ${unit}`.slice(0, 256);
  }
  return OWNERS.find(([prefix]) => target.startsWith(prefix))?.[1];
}

/** A mount unit's name, as `systemd-escape --path` makes it: systemd.unit(5). */
const unitName = (path: string): string =>
  [...Buffer.from(path.replace(/^\/+|\/+$/g, "").replace(/\/+/g, "/"))]
    .map((byte, at) => {
      const character = String.fromCharCode(byte);
      if (character === "/") return "-";
      const isPlain = /[A-Za-z0-9:_.]/.test(character) && !(at === 0 && character === ".");
      return isPlain ? character : `\\x${byte.toString(16).padStart(2, "0")}`;
    })
    .join("");
