import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { adminDaemon } from "../world/admin-daemon.js";
import { built, type Daemon } from "../world/daemon.js";
import { LoopBench, type LoopDevice } from "../world/loop.js";
import { MountNamespace } from "../world/mount-namespace.js";
import { describeNetwork, Namespace } from "../world/namespace.js";
import { Terminal } from "../world/terminal.js";

const folder = mkdtempSync(join(tmpdir(), "mos-t-ctl-"));

interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a shell script that finds the built `my-os-ctl` in its path; `$NETNS` and further variables are its own. */
async function sh(daemon: Daemon | undefined, text: string, variables: Record<string, string> = {}): Promise<Said> {
  const child = spawn("bash", ["-u", "-o", "pipefail", "-c", text], {
    env: {
      PATH: `${folder}:${process.env.PATH}`,
      HOME: folder,
      MY_OS_SOCKET: daemon?.socket ?? join(folder, "nobody.sock"),
      ...variables,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (piece: string) => {
    out += piece;
  });
  child.stderr.setEncoding("utf8").on("data", (piece: string) => {
    err += piece;
  });
  await once(child, "close");
  return { code: child.exitCode, out, err };
}

beforeAll(() => {
  writeFileSync(join(folder, "my-os-ctl"), `#!/bin/sh\nexec ${process.execPath} ${built("my-os-ctl")} "$@"\n`, {
    mode: 0o755,
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

describeNetwork("my-os-ctl on a live network", () => {
  const namespace = new Namespace();
  let daemon: Daemon;
  const run = (text: string) => sh(daemon, text, { NETNS: namespace.name });
  const json = async (words: string) => JSON.parse((await run(`my-os-ctl ${words} --json`)).out);

  beforeAll(async () => {
    namespace.batch([
      "link set lo up",
      "link add wan0 type veth peer name port0",
      "address add 10.9.0.1/24 dev wan0",
      "link set wan0 up",
      "link set port0 up",
    ]);
    daemon = await adminDaemon(namespace);
  });
  afterAll(async () => {
    await daemon?.stop();
    namespace.remove();
  });

  it("lists interfaces as a table, as names and as JSON", async () => {
    const { code, out, err } = await run("my-os-ctl net interfaces");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^IFNAME {2,}OPERSTATE .*\n/);
    expect(out).toMatch(/^wan0 .* 10\.9\.0\.1\/24 /m);
    expect((await run("my-os-ctl net interfaces -o name | sort")).out).toBe("lo\nport0\nwan0\n");
    const ours = (await json("net interfaces")).map((one: { ifname: string; mtu: number }) => [one.ifname, one.mtu]);
    const theirs = JSON.parse(namespace.ip("-j link show").toString());
    expect(ours).toEqual(theirs.map((one: { ifname: string; mtu: number }) => [one.ifname, one.mtu]));
  });

  it("completes words and the node's own names in a real bash", async () => {
    const completed = async (words: string) =>
      run(`eval "$(my-os-ctl completion bash)"; complete -p my-os-ctl > /dev/null || exit 1
        COMP_LINE='my-os-ctl ${words}'; COMP_POINT=\${#COMP_LINE}; _my_os_ctl
        printf '%s\\n' "\${COMPREPLY[@]}"`);
    expect(await completed("net rou")).toEqual({ code: 0, out: "routes\n", err: "" });
    expect((await completed("net routes delete --ds")).out).toBe("--dst\n");
    expect((await completed("net interfaces --name ")).out).toBe("lo\nport0\nwan0\n");
  });

  it("makes a bridge, gives it a port, refuses to delete it as it is, and deletes it", async () => {
    const made = await run(
      "my-os-ctl net bridge add --name br0 -o name && my-os-ctl net bridge add-port --bridge br0 --interface port0",
    );
    expect([made.code, made.err]).toEqual([0, ""]);
    expect(made.out).toMatch(/^br0\n/);
    expect(JSON.parse(namespace.ip("-j link show dev port0").toString())[0].master).toBe("br0");
    const held = await run("my-os-ctl net bridge delete --name br0");
    expect([held.code, held.out]).toEqual([16, ""]);
    expect(held.err).toContain("held by: bridge_port port0");
    expect(held.err).toContain("--force");
    const gone = await run(
      "my-os-ctl net bridge remove-port --bridge br0 --interface port0 && my-os-ctl net bridge delete --name br0",
    );
    expect(gone.code).toBe(0);
    expect(namespace.ip("-j link show").toString()).not.toContain("br0");
  });

  it("adds a route once however often it is said, and deletes it once", async () => {
    const add = "my-os-ctl net routes add --dst 10.77.0.0/16 --gateway 10.9.0.2 --json";
    const added = (await run(`${add} && ${add}`)).out.trim().split("\n");
    expect(added.map((line) => JSON.parse(line).changed)).toEqual([true, false]);
    expect(JSON.parse(namespace.ip("-j route show 10.77.0.0/16").toString())).toMatchObject([{ gateway: "10.9.0.2" }]);
    const remove = "my-os-ctl net routes delete --dst 10.77.0.0/16 -o name";
    expect(await run(remove)).toMatchObject({ code: 0, out: "10.77.0.0/16\n" });
    expect(await run(remove)).toMatchObject({ code: 14, out: "", err: expect.stringContaining("there is no route") });
    expect(JSON.parse(namespace.ip("-j route show 10.77.0.0/16").toString())).toEqual([]);
  });

  it("makes taps, and deletes all that a list names, by a pipe", async () => {
    const { code, out, err } = await run(`
      set -e
      my-os-ctl net bridge add --name vmbr -o name
      for tap in tapa tapb; do my-os-ctl net vm create-tap --name $tap --bridge vmbr -o name; done
      my-os-ctl net vm list -o name | sort > "$HOME/taps"
      cat "$HOME/taps"
      ip -n "$NETNS" link show tapb >&2
      xargs -n1 my-os-ctl net vm delete-tap --json --name < "$HOME/taps" > /dev/null
      my-os-ctl net vm list
      my-os-ctl net bridge delete --name vmbr --json > /dev/null`);
    expect([code, out]).toEqual([0, "vmbr\ntapa\ntapb\ntapa\ntapb\nnone\n"]);
    expect(err).toContain("tapb: <");
    expect(namespace.ip("-j link show").toString()).not.toContain("tapa");
  });

  it("adds a firewall rule and removes it by the name it got", async () => {
    const { code, out, err } = await run(`
      set -e
      id=$(my-os-ctl net firewall add-rule --protocol tcp --port 22 --comment ssh -o name)
      echo "$id"
      ip netns exec "$NETNS" nft list table inet my_os_server
      my-os-ctl net firewall remove-rule --id "$id" --json`);
    expect([code, err]).toEqual([0, ""]);
    const [id = "none"] = out.split("\n");
    expect(out).toMatch(new RegExp(`tcp dport 22 .*accept comment "${id}"`));
    expect(JSON.parse(out.trim().split("\n").at(-1) ?? "").changed).toBe(true);
    expect(namespace.run("nft", "list", "ruleset").toString()).not.toContain("dport 22");
  });

  it("takes parameters from standard input, flags win, and warns with the flag that helps", async () => {
    const { code, out, err } = await run(`
      echo '{"protocol":"tcp","external_port":8080,"internal_ip":"10.9.0.2","internal_port":80}' |
        my-os-ctl net nat add-dnat --params - --internal-port 81 -o name`);
    expect(code).toBe(0);
    expect(out).toMatch(/^dnat-[0-9a-f]+\n$/);
    expect(namespace.run("nft", "list", "ruleset").toString()).toContain("10.9.0.2:81");
    const shown = await run(`my-os-ctl net nat add-dnat --protocol udp --external-port 53 --internal-ip 10.9.0.2 \\
      --internal-port 53`);
    expect(shown.err).toMatch(/warning: .*forward.*\(forwarding_disabled\)\n {9}--enable-forwarding\n/);
    const wrong = await run("echo '[1]' | my-os-ctl net nat add-dnat --params -");
    expect([wrong.code, wrong.err]).toEqual([64, expect.stringContaining("--params: a JSON object is wanted")]);
    const rules: { id: string }[] = (await json("net nat status")).dnat;
    expect(rules.map(({ id }) => id)).toContain(out.trim());
    for (const { id } of rules) expect((await run(`my-os-ctl net nat remove-dnat --id ${id}`)).code).toBe(0);
    expect((await json("net nat status")).dnat).toEqual([]);
    expect(err).toBe("");
  });

  it("says by its exit code whether the node is as it was told to be", async () => {
    await run("my-os-ctl net routes add --dst 10.88.0.0/16 --gateway 10.9.0.2");
    expect((await run("my-os-ctl net verify")).code).toBe(0);
    namespace.ip("route delete 10.88.0.0/16");
    const { code, out } = await run("my-os-ctl net verify --only-drift");
    expect(code).toBe(1);
    expect(out).toMatch(/^route +main\/10\.88\.0\.0\/16\/0 +missing /m);
    await run("my-os-ctl net routes delete --dst 10.88.0.0/16");
    expect((await run("my-os-ctl net verify")).code).toBe(0);
  });

  it("tells apart by exit code what went wrong, and says the next step", async () => {
    const cases: [words: string, code: number, said: RegExp][] = [
      ["net routs", 64, /did you mean `net routes`\?/],
      ["net routes add --dst 10.0.0.0/8 --gatway 10.9.0.2", 64, /did you mean --gateway\?/],
      ["net routes add --gateway 10.9.0.2", 64, /--dst is wanted\n.*--help/],
      ["net routes add --dst nonsense --gateway 10.9.0.2", 64, /dst/],
      ["net bridge delete --name absent0", 14, /\(not_found\)/],
      ["net bridge add --name wan0", 15, /\(already_exists\)/],
      ["net routes add '--dst=; reboot' --dev=--help", 64, /dst/],
      ["net interfaces --socket /nonexistent/os.sock", 69, /\/nonexistent\/os\.sock/],
      ["net interfaces --timeout 0", 64, /--timeout/],
    ];
    for (const [words, code, said] of cases) {
      const answer = await run(`my-os-ctl ${words}`);
      expect([answer.code, answer.out], words).toEqual([code, ""]);
      expect(answer.err, words).toMatch(said);
    }
    // Whoever reads may stop reading.
    expect(await run("my-os-ctl discover | head -c 10 > /dev/null")).toEqual({ code: 0, out: "", err: "" });
    expect((await sh(undefined, "my-os-ctl health")).code).toBe(69);
  });
});

describeNetwork("my-os-ctl on live storage", () => {
  const namespace = new Namespace();
  const bench = new LoopBench();
  let mounts: MountNamespace;
  let daemon: Daemon;
  let disk: LoopDevice;
  const target = join(folder, "data");
  const run = (text: string) => sh(daemon, text, { DISK: disk.path, TARGET: target });

  beforeAll(async () => {
    disk = bench.attach({ sizeBytes: 128 << 20 });
    mounts = await MountNamespace.open({ asInit: true });
    daemon = await adminDaemon(namespace, [], mounts.wrapper);
  });
  afterAll(async () => {
    await daemon?.stop();
    await mounts?.close();
    bench.close();
    namespace.remove();
  });

  it("lists a disk, and puts a filesystem on it only when told that it may", async () => {
    const listed = await run('my-os-ctl vol list-disks --disk "$DISK"');
    expect(listed.out).toMatch(new RegExp(`^${disk.path} +128\\.0 MiB `, "m"));
    disk.assertOurs();
    const refused = await run('my-os-ctl vol create-filesystem --device "$DISK" --fstype ext4');
    expect([refused.code, refused.out]).toEqual([64, ""]);
    expect(refused.err).toMatch(new RegExp(`This can destroy data.*\\n {2}${disk.path} {2}128\\.0 MiB\\n`));
    expect(refused.err).toContain("say --yes");
    const fstype = `my-os-ctl vol list-disks --disk "$DISK" --json`;
    expect(JSON.parse((await run(fstype)).out)[0].fstype).toBeUndefined();
    const made = await run('my-os-ctl vol create-filesystem --device "$DISK" --fstype ext4 --label data --yes');
    expect([made.code, made.err]).toEqual([0, ""]);
    expect(JSON.parse((await run(fstype)).out)[0]).toMatchObject({ fstype: "ext4", label: "data" });
    const again = await run('my-os-ctl vol create-filesystem --device "$DISK" --fstype ext4 --yes');
    expect(again.code).toBeGreaterThan(10);
    expect(again.err).toMatch(/--force/);
  });

  it("says in words what a switch means, and does nothing without a yes, in a terminal", {
    timeout: 120_000,
  }, async () => {
    const env = { PATH: `${folder}:${process.env.PATH}`, HOME: folder, TERM: "xterm", MY_OS_SOCKET: daemon.socket };
    const terminal = new Terminal({ command: ["bash", "--norc", "--noprofile"], env, folder, columns: 40 });
    const asked = async (answer: string) => {
      terminal.type(
        `clear; my-os-ctl vol create-filesystem --device ${disk.path} --fstype vfat --force; echo "code=$?"`,
      );
      terminal.press("Enter");
      const prompt = await terminal.until(/\[y\/N\] ?$/);
      terminal.type(answer);
      terminal.press("Enter");
      return { prompt, after: await terminal.until(/^code=\d+$/m) };
    };
    try {
      disk.assertOurs();
      const { prompt, after } = await asked("");
      expect(prompt).toContain(`${disk.path}  128.0 MiB  ext4  data`);
      expect(prompt.replaceAll(/\s+/g, " ")).toContain("--force: Erase all signatures found on the device first.");
      expect(after).toMatch(/^Nothing was done\.\ncode=1$/m);
      expect((await asked("yes please")).after).toMatch(/^code=1$/m);
      expect(JSON.parse((await run('my-os-ctl vol list-disks --disk "$DISK" --json')).out)[0].fstype).toBe("ext4");
    } finally {
      terminal.close();
    }
  });

  it("mounts, shows, and unmounts", async () => {
    const mounted = await run('my-os-ctl vol mount --device "$DISK" --target "$TARGET" --create-target');
    expect([mounted.code, mounted.err]).toEqual([0, ""]);
    expect((await run("my-os-ctl vol list-mounts --managed -o name")).out).toBe(`${target}\n`);
    expect(mounts.run("findmnt", ["-no", "SOURCE", target]).toString().trim()).toBe(disk.path);
    const completed = await run('my-os-ctl __complete -- vol unmount --target "$HOME"');
    expect(completed.out).toBe(`${target}\n`);
    expect((await run('my-os-ctl vol unmount --target "$TARGET"')).code).toBe(0);
    expect((await run("my-os-ctl vol list-mounts --managed")).out).toBe("none\n");
    expect((await run('my-os-ctl vol unmount --target "$TARGET"')).err).toMatch(/error: /);
  });
});
