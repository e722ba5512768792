import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ownedFolder } from "../world/guest/folder.js";
import { describeGuest, Guest, suiteGuest } from "../world/guest.js";

const DISK = 64 << 20;

describeGuest("a guest kernel", () => {
  const guest = suiteGuest({ modules: ["8021q", "raid1"], disks: [DISK, DISK, DISK] });

  it("sees the host's node and the project, from a kernel that is not the host's", async () => {
    const script = "console.log(process.version, require(process.argv[1]).name)";
    const words = [process.execPath, "-e", script, join(import.meta.dirname, "../../package.json")];
    expect(await guest().output(words)).toBe(`${process.version} my-os-server\n`);
    const bootId = "/proc/sys/kernel/random/boot_id";
    expect(await guest().output(["cat", bootId])).not.toBe(readFileSync(bootId, "utf8"));
  });

  it("gives a command its arguments, input and environment as they are, and answers all it said", async () => {
    const hostile = ["$(id)", "a'b\"c", "; reboot", "line\nfeed", ""];
    const script = 'printf "%s|" "$@"; cat; echo "$FRUIT" >&2; exit 3';
    const options = { input: "in\0put", env: { FRUIT: "$pear" } };
    expect(await guest().run(["sh", "-c", script, "sh", ...hostile], options)).toEqual({
      stdout: `${hostile.join("|")}|in\0put`,
      stderr: "$pear\n",
      code: 3,
    });
    await expect(guest().output(["sh", "-c", "echo why >&2; exit 4"])).rejects.toThrow(/ended with 4: why/);
    await expect(guest().run(["sleep", "60"], { timeoutSeconds: 1 })).rejects.toThrow(/did not end within 1 s/);
  });

  it("answers commands side by side", async () => {
    const fifo = "/run/meeting";
    await guest().output(["mkfifo", fifo]);
    const [heard] = await Promise.all([
      guest().output(["cat", fifo]),
      guest().run(["sh", "-c", `echo hello > ${fifo}`]),
    ]);
    expect(heard).toBe("hello\n");
  });

  it("keeps what it writes from the host", async () => {
    const file = `/etc/mos-t-guest-${process.pid}`;
    expect(await guest().script(`echo inside > ${file}; cat ${file}`)).toBe("inside\n");
    expect(existsSync(file)).toBe(false);
  });

  it("has VLAN devices, VLAN-filtering bridges, nft's inet tables and NAT, and network namespaces", async () => {
    await guest().script(`
      ip netns add inner
      alias ip='ip -n inner'
      ip link add up0 type dummy
      ip link add link up0 name up0.7 type vlan id 7
      ip link add br0 type bridge vlan_filtering 1
      echo 'table inet t { chain c { type nat hook postrouting priority 100; masquerade; }; }' > /run/rules
      nft --file /run/rules`);
    expect(await guest().output(["ip", "-n", "inner", "-d", "link"])).toMatch(/vlan protocol 802\.1Q id 7/);
    expect(await guest().output(["nft", "list", "ruleset"])).toContain("masquerade");
  });

  it("reads partition tables itself, mounts vfat, and builds arrays", async () => {
    const [table = "", ...members] = guest().disks;
    await guest().script(`
      printf 'label: gpt\\nsize=32M\\n' | sfdisk --quiet ${table}
      mkfs.vfat ${table}1 > /dev/null
      mount ${table}1 /mnt
      mdadm --create /dev/md0 --level=1 --raid-devices=2 --run --assume-clean ${members.join(" ")}`);
    expect(await guest().output(["findmnt", "-no", "FSTYPE", "/mnt"])).toBe("vfat\n");
    expect(await guest().output(["cat", "/proc/mdstat"])).toMatch(/md0 : active raid1/);
  });

  it("boots again with its disks and nothing else", async () => {
    const probe = ["sh", "-c", "cat /proc/sys/kernel/random/boot_id; ls /etc/mos-t-left 2>/dev/null"];
    await guest().script("touch /etc/mos-t-left");
    const before = await guest().output(probe);
    expect(before).toContain("mos-t-left");
    await guest().reboot();
    const { stdout } = await guest().run(probe);
    expect(stdout).not.toContain("mos-t-left");
    expect(stdout.split("\n")[0]).not.toBe(before.split("\n")[0]);
    expect(await guest().output(["blkid", "-o", "value", "-s", "TYPE", `${guest().disks[0]}1`])).toBe("vfat\n");
  });

  it("does not boot without a module that was asked for, and names it", async () => {
    await expect(Guest.boot({ modules: ["no_such_module"] })).rejects.toThrow(/no-module no_such_module/);
  });
});

it("removes the folders of guests whose process is dead, and no others", () => {
  const dead = join(tmpdir(), `mos-t-guest-dead${process.pid}`);
  mkdirSync(dead);
  writeFileSync(join(dead, "owner"), "1 1");
  const mine = ownedFolder();
  const next = ownedFolder();
  expect([dead, mine, next].map((folder) => existsSync(folder))).toEqual([false, true, true]);
  for (const folder of [mine, next]) rmSync(folder, { recursive: true });
});
