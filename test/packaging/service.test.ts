import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeGuest, suiteGuest } from "../world/guest.js";

const root = join(import.meta.dirname, "../..");
const SOCKET = "/run/my_os_server/hero_db_root_os.sock";
const SERVICE = "my-os-server-native.service";
const LONG = 600_000;

describeGuest("the Debian package on a node with systemd", () => {
  const guest = suiteGuest({ systemd: true, disks: [64 << 20], memoryMiB: 3072 });
  const folder = mkdtempSync(join(tmpdir(), "my-os-package-"));
  let debs: { first: string; next: string };
  let before: string[];
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  beforeAll(async () => {
    debs = await packages(folder);
    // The machine that runs the tests may forbid starts, a node does not; and an index of all manual pages takes minutes here.
    await guest().script("rm -f /usr/sbin/policy-rc.d /var/lib/man-db/auto-update");
    // A node that has never seen us, whatever ran on the machine of the tests.
    await guest().script("rm -rf /etc/my_os_server /var/lib/my_os_server /run/my_os_server /usr/lib/my-os-server");
    before = await files();
  }, LONG);

  /** Every file of the node that an installation may leave behind. */
  const files = async () => {
    const list =
      await guest().script(`find /etc /usr/bin /usr/sbin /usr/share/man/man8 /usr/share/doc /usr/share/lintian \\
      /usr/lib/systemd/system /var/lib /run ! -path '/var/lib/dpkg/*' ! -path '/var/lib/apt/*' ! -path '/run/systemd/*' \\
      ! -path '/run/guest/*' ! -path '/run/udev/*' ! -path /etc/ld.so.cache ! -type d`);
    return list.trim().split("\n");
  };
  const install = (deb: string) => guest().output(["dpkg", "--install", deb], { timeoutSeconds: 560 });
  const shown = async (unit: string, ...properties: string[]) => {
    const lines = await guest().output(["systemctl", "show", unit, ...properties.map((name) => `--property=${name}`)]);
    return Object.fromEntries(
      lines
        .trim()
        .split("\n")
        .map((line) => line.split(/=(.*)/s, 2)),
    ) as Record<string, string>;
  };
  const mainPid = async () => (await shown(SERVICE, "MainPID")).MainPID ?? "";
  const asked = async (path: string, ...args: string[]) => {
    const curl = ["curl", "--silent", "--max-time", "100", "--unix-socket", SOCKET, ...args, `http://node${path}`];
    return JSON.parse(await guest().output(curl));
  };
  const call = async (method: string, params: object) => {
    const key = /users = \["([0-9a-f]{64})"\]/.exec(await guest().output(["cat", "/etc/my_os_server/acl.toml"]))?.[1];
    const headers = ["--header", "content-type: application/json", "--header", `X-Public-Key: ${key}`];
    return asked("/rpc", ...headers, "--data", JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }));
  };

  it(
    "installs: the socket is open to its group, nothing runs yet, the first access list has a key of its own",
    async () => {
      await install(debs.first);
      expect(await guest().output(["stat", "-c", "%a %U %G", SOCKET])).toBe("660 root my-os\n");
      const access = "/etc/my_os_server/acl.toml /etc/my_os_server/admin.key /var/lib/my_os_server";
      expect(await guest().script(`stat -c '%a %U' ${access}`)).toBe("600 root\n600 root\n700 root\n");
      expect(await shown(SERVICE, "ActiveState", "UnitFileState")).toEqual({
        ActiveState: "inactive",
        UnitFileState: "enabled",
      });
      expect(await guest().run(["systemd-analyze", "verify", SERVICE, "my-os-server-mos.service"])).toMatchObject({
        stderr: expect.not.stringContaining("my-os-server"),
      });
    },
    LONG,
  );

  it(
    "starts with the first call through the socket, and knows who calls",
    async () => {
      expect(await asked("/health")).toEqual({ status: "ok", degraded: [] });
      expect(await shown(SERVICE, "ActiveState", "StatusText")).toEqual({
        ActiveState: "active",
        StatusText: `answers on ${SOCKET}`,
      });
      const { error } = await call("vol.mount", { device: "/dev/none", target: "/mnt/none" });
      expect(error.data.kind).toBe("not_found");
    },
    LONG,
  );

  it(
    "runs with the capabilities that its unit gives reasons for, and in the mount namespace of everybody",
    async () => {
      const status = await guest().output(["cat", `/proc/${await mainPid()}/status`]);
      const field = (name: string) => new RegExp(`^${name}:\\t(.*)$`, "m").exec(status)?.[1];
      const kept = [
        "KILL",
        "NET_ADMIN",
        "NET_RAW",
        "NET_BIND_SERVICE",
        "SYS_ADMIN",
        "SYS_RESOURCE",
        "MKNOD",
        "SYS_PTRACE",
        "DAC_OVERRIDE",
      ];
      const mask = kept.reduce((bits, name) => bits | (1n << BigInt(CAPABILITIES.indexOf(name))), 0n);
      expect(field("CapBnd")).toBe(mask.toString(16).padStart(16, "0"));
      expect([field("NoNewPrivs"), field("Seccomp")]).toEqual(["1", "2"]);
      const namespaces = await guest().script(`readlink /proc/1/ns/mnt /proc/${await mainPid()}/ns/mnt`);
      expect(new Set(namespaces.trim().split("\n")).size).toBe(1);
    },
    LONG,
  );

  it(
    "makes a mount that everybody sees",
    async () => {
      await guest().script(`mkfs.ext4 -q -L service ${guest().disks[0]}; mkdir -p /srv/data`);
      const { result } = await call("vol.mount", { device: guest().disks[0], target: "/srv/data" });
      expect(result).toMatchObject({ changed: true });
      expect(await guest().output(["findmnt", "-no", "SOURCE,FSTYPE", "/srv/data"])).toMatch(/\/dev\/vda +ext4/);
    },
    LONG,
  );

  it(
    "is started again by the watchdog when its loop stands still, and what it began goes on",
    async () => {
      const pid = await mainPid();
      await guest().script(`
      mkdir -p /run/systemd/system/${SERVICE}.d
      printf '[Service]\\nWatchdogSec=20\\n' > /run/systemd/system/${SERVICE}.d/watchdog.conf
      systemctl daemon-reload
      systemctl restart ${SERVICE}`);
      const [restarted, group] = [await mainPid(), (await shown(SERVICE, "ControlGroup")).ControlGroup];
      expect(restarted).not.toBe(pid);
      // A stand-in for an mkfs: a process of the unit's that outlives the daemon.
      await guest().script(
        `setsid sleep 600 < /dev/null > /dev/null 2>&1 & echo $! > /sys/fs/cgroup${group}/cgroup.procs; echo $! > /run/began
      kill -STOP ${restarted}
      until [ "$(systemctl show ${SERVICE} -P NRestarts)" != 0 ]; do sleep 1; done`,
        { timeoutSeconds: 200 },
      );
      expect(await asked("/health")).toMatchObject({ status: "ok" });
      expect(await mainPid()).not.toBe(restarted);
      await guest().script("kill -0 $(cat /run/began)");
      expect(await guest().output(["findmnt", "-no", "FSTYPE", "/srv/data"])).toBe("ext4\n");
      await guest().script(`kill $(cat /run/began); rm -r /run/began /run/systemd/system/${SERVICE}.d`);
    },
    LONG,
  );

  it(
    "is upgraded with its configuration, key and socket kept",
    async () => {
      await guest().script("echo '# mine' >> /etc/my_os_server/config.toml");
      const kept = "sha256sum /etc/my_os_server/*; stat -c %i /run/my_os_server/*";
      const [was, pid] = [await guest().script(kept), await mainPid()];
      await install(debs.next);
      expect(await guest().script(kept)).toBe(was);
      expect(await asked("/health")).toMatchObject({ status: "ok" });
      expect(await mainPid()).not.toBe(pid);
    },
    LONG,
  );

  it(
    "is removed with its files and its socket, but not with what is the administrator's",
    async () => {
      await guest().output(["dpkg", "--remove", "my-os-server"]);
      const left = await guest().script(
        "ls /etc/my_os_server /var/lib/my_os_server; ls /usr/lib/my-os-server /run/my_os_server 2>&1 || true",
      );
      for (const name of ["acl.toml", "admin.key", "config.toml", "mounts.json"]) expect(left).toContain(`${name}\n`);
      expect(left.match(/No such file/g)).toHaveLength(2);
    },
    LONG,
  );

  it(
    "is purged without a trace",
    async () => {
      await guest().output(["dpkg", "--purge", "my-os-server"]);
      await guest().script("rmdir /srv/data 2>/dev/null || umount /srv/data");
      const [were, are] = [new Set(before), new Set(await files())];
      expect(are.size).toBeGreaterThan(1000);
      // What came or went on the host meanwhile shows through, and is none of the package's.
      expect([...are].filter((name) => !were.has(name) && !existsSync(name))).toEqual([]);
      expect([...were].filter((name) => !are.has(name) && existsSync(name))).toEqual([]);
      expect((await guest().run(["getent", "group", "my-os"])).code).toBe(2);
    },
    LONG,
  );
});

/** The package as built, and the same as a later version; that one links to this Node, as unpacking one takes a guest long. */
async function packages(folder: string): Promise<{ first: string; next: string }> {
  // Not in one go with the worker: it has to answer the runner meanwhile.
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, [join(root, "packaging/deb/build.mjs"), "--out", folder]);
  const [first, tree, next] = [stdout.trim(), join(folder, "tree"), join(folder, "next.deb")];
  await run("dpkg-deb", ["--raw-extract", first, tree]);
  await run("sed", ["-i", "s/^Version: .*/&+later/", join(tree, "DEBIAN/control")]);
  rmSync(join(tree, "usr/lib/my-os-server/bin/node"));
  symlinkSync(process.execPath, join(tree, "usr/lib/my-os-server/bin/node"));
  await run("dpkg-deb", ["--root-owner-group", "-Zgzip", "-z1", "--build", tree, next]);
  return { first, next };
}

/** In the kernel's order: the place is the bit. */
const CAPABILITIES =
  "CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD".split(
    " ",
  );
