import { Namespace } from "./namespace.js";

/** What of /dev is left: nodes that lead to no disk. */
const NODES = ["null", "zero", "full", "random", "urandom", "net/tun"];

/**
 * Run in mount and process namespaces of its own: no disk, no udev, no service and no foreign process is left to be
 * found, the places that the examples name are empty, and no device node can be made. A btrfs that stays is refused:
 * a scrub that names no path would find it.
 */
const SEAL = `
mount -t proc proc /proc
dev=$(mktemp -d)
mount -t tmpfs tmpfs "$dev"
mkdir "$dev/net"
for node in ${NODES.join(" ")}; do touch "$dev/$node"; mount --bind "/dev/$node" "$dev/$node"; done
mount --rbind "$dev" /dev
umount --lazy "$dev"
rmdir "$dev"
for place in /run /srv /data /sys/block /sys/class/block /sys/dev/block; do
  if [ -d "$place" ]; then mount -t tmpfs tmpfs "$place"; fi
done
for target in $(findmnt -rno TARGET -t btrfs); do umount --lazy "$target" || true; done
if grep -q " - btrfs " /proc/self/mountinfo; then echo "a mounted btrfs cannot be hidden" >&2; exit 1; fi
exec setpriv --pdeathsig=KILL --bounding-set=-mknod --inh-caps=-mknod -- "$@"
`;

/** Starts the seal as the first process of its namespace, hands on what ends it, and takes it along when killed. */
const WARD = `
sh -eu -c "$0" sh "$@" &
trap "kill -TERM $!" TERM
wait $! || wait $!
`;

/** A place where every example can be carried out and none can do harm. */
export class SealedWorld {
  readonly namespace = new Namespace();

  /** Makes the links and addresses that most examples speak of. */
  prepare(): void {
    this.namespace.batch([
      ...["eth0", "eth1", "eth2"].flatMap((name) => [
        `link add ${name} type veth peer name far-${name}`,
        `link set ${name} up`,
      ]),
      "addr add 192.0.2.10/24 dev eth0",
      "addr add 2001:db8:1::10/64 dev eth0 nodad",
      "addr add 2001:db8:2::10/64 dev eth1 nodad",
    ]);
  }

  /** What puts a daemon inside; each has its own empty `/run`, `/srv` and `/dev`. */
  get wrapper(): string[] {
    return [...this.namespace.wrapper, "unshare", "--mount", "--pid", "sh", "-c", WARD, SEAL];
  }

  remove(): void {
    this.namespace.remove();
  }
}
