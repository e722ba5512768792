import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What a guest is started with. */
export interface Machine {
  readonly initrd: string;
  readonly memoryMiB: number;
  /** Files that are its disks. */
  readonly disks: readonly string[];
  /** The folder that host and guest share. */
  readonly shared: string;
  /** The Unix socket of the line to the agent. */
  readonly channel: string;
  /** Words for the kernel's command line. */
  readonly words: readonly string[];
}

/** A whole machine in software with Debian's own kernel. User-Mode Linux is faster, but 6.1 dies on processors that have AMX. */
export const machineCommand = ({ initrd, memoryMiB, disks, shared, channel, words }: Machine): readonly string[] => [
  "qemu-system-x86_64",
  ..."-M q35 -accel tcg,thread=multi,tb-size=512 -cpu max -smp 2 -nodefaults -no-user-config -no-reboot".split(" "),
  ...["-display", "none", "-m", `${memoryMiB}M`],
  ...["-kernel", `/boot/vmlinuz-${kernelVersion()}`, "-initrd", initrd],
  ...["-serial", "stdio"],
  ...["-chardev", `socket,id=channel,path=${channel}`, "-serial", "chardev:channel"],
  ...["-virtfs", "local,path=/,security_model=none,readonly=on,mount_tag=host,multidevs=remap"],
  ...["-virtfs", `local,path=${shared},security_model=none,mount_tag=shared,multidevs=remap`],
  ...disks.flatMap((file) => ["-drive", `file=${file},if=virtio,format=raw,discard=unmap`]),
  // On a busy host the kernel's check of its timer fails, and the boot with it.
  ...[
    "-append",
    ["console=ttyS0 quiet panic=-1 mitigations=off nokaslr tsc=reliable no_timer_check", ...words].join(" "),
  ],
];

/** The disk at an index, as the guest sees it. */
export const diskPath = (index: number): string => `/dev/vd${String.fromCharCode(97 + index)}`;

/** Why no guest can run here; undefined where it can. */
export function guestObstacle(): string | undefined {
  if (process.getuid?.() !== 0) return "a guest kernel shares the host's files as root";
  if (!existsSync("/usr/bin/qemu-system-x86_64")) return "Debian package qemu-system-x86 is not installed";
  if (!existsSync("/bin/busybox")) return "Debian package busybox-static is not installed";
  if (kernelVersion() === undefined) return "Debian package linux-image-amd64 is not installed";
  return undefined;
}

/** The files of the modules that the first steps need, in the order of loading. */
export function firstModules(): string[] {
  const folder = join("/lib/modules", kernelVersion() ?? "");
  const index = readFileSync(join(folder, "modules.dep"), "utf8").split("\n");
  const order = ["virtio_pci", "virtio_blk", "9pnet_virtio", "9p", "overlay"].flatMap((name) => {
    const line = index.find((entry) => entry.split(":")[0]?.endsWith(`/${name}.ko`));
    const [file = "", needed = ""] = line?.split(":") ?? [];
    // What it needs stands with the deepest last.
    return [...needed.split(" ").filter(Boolean).reverse(), file].filter(Boolean);
  });
  return [...new Set(order)].map((path) => join(folder, path));
}

/** The newest Debian kernel here that can see the host's files: the cloud images cannot. */
function kernelVersion(): string | undefined {
  const images = existsSync("/boot") ? readdirSync("/boot").filter((name) => name.startsWith("vmlinuz-")) : [];
  return images
    .map((name) => name.slice("vmlinuz-".length))
    .filter((version) => existsSync(`/lib/modules/${version}/kernel/fs/9p/9p.ko`))
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
    .at(-1);
}
