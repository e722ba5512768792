import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { adminDaemon } from "../world/admin-daemon.js";
import { built, type Daemon } from "../world/daemon.js";
import { LoopBench, type LoopDevice } from "../world/loop.js";
import { MountNamespace } from "../world/mount-namespace.js";
import { describeNetwork, Namespace } from "../world/namespace.js";
import { Terminal } from "../world/terminal.js";

const folder = mkdtempSync(join(tmpdir(), "mos-t-shells-"));
/** Names that a shell would run, expand or fall over, were they more than data; each has a start of its own. */
const LINKS = ["evil$(id>ran)", "tick`id>ran`", "semi;id>ran;", "wild*", "quo'te\"s"];
const TARGET = join(folder, "mnt", "spa ce $(id>ran) 'q'");

/** How each shell is started without anybody's settings, and loads the completion. */
const SHELLS: readonly { readonly name: string; readonly command: readonly string[]; readonly load: string }[] = [
  { name: "bash", command: ["bash", "--norc", "--noprofile"], load: 'eval "$(my-os-ctl completion bash)"' },
  {
    name: "zsh",
    command: ["zsh", "-f"],
    load: 'autoload -Uz compinit && compinit -u -D && eval "$(my-os-ctl completion zsh)"',
  },
  { name: "fish", command: ["fish", "--no-config"], load: "my-os-ctl completion fish | source" },
];

describeNetwork("completion in real shells, of a live node's names", () => {
  const namespace = new Namespace();
  const bench = new LoopBench();
  let mounts: MountNamespace;
  let daemon: Daemon;
  let disk: LoopDevice;
  const env = () => ({
    PATH: `${join(folder, "bin")}:${process.env.PATH}`,
    HOME: folder,
    TERM: "xterm-256color",
    LC_ALL: "C.UTF-8",
    PS1: "ready> ",
    MY_OS_SOCKET: daemon.socket,
  });

  beforeAll(async () => {
    mkdirSync(join(folder, "bin"));
    writeFileSync(join(folder, "bin/my-os-ctl"), `#!/bin/sh\nexec ${process.execPath} ${built("my-os-ctl")} "$@"\n`, {
      mode: 0o755,
    });
    // What a wild card would be taken for, were it expanded.
    writeFileSync(join(folder, "wildcard"), "");
    namespace.batch(["link set lo up"]);
    for (const name of LINKS) namespace.ip("link add", name, "type", "bridge");
    disk = bench.attach({ sizeBytes: 64 << 20 });
    mounts = await MountNamespace.open({ asInit: true });
    mkdirSync(TARGET, { recursive: true });
    mounts.run("mount", ["-t", "tmpfs", "none", TARGET]);
    daemon = await adminDaemon(namespace, [], mounts.wrapper);
  }, 60_000);
  afterAll(async () => {
    await daemon?.stop();
    await mounts?.close();
    bench.close();
    namespace.remove();
    rmSync(folder, { recursive: true });
  });

  for (const { name: shell, command, load } of SHELLS) {
    it(`${shell} completes words and live names, and inserts each as data`, { timeout: 240_000 }, async () => {
      const terminal = new Terminal({ command, env: env(), folder });
      /** Types a start, lets it be completed, runs the line, and answers what the program was given. */
      const completed = async (start: string, rest: string): Promise<string> => {
        terminal.type(" clear");
        terminal.press("Enter");
        terminal.type(start);
        terminal.press("Tab");
        await terminal.until(new RegExp(`${start.split(" ").at(-1)}\\S`));
        terminal.type(rest);
        terminal.press("Enter");
        return (await terminal.until(/code=\d+$/m)).replaceAll("\n", "");
      };
      const status = shell === "fish" ? "$status" : "$?";
      const after = (words: string) => ` ${words} 2>&1; echo "code=${status}"`;
      try {
        await terminal.until(/[>%$#] ?$/);
        terminal.type(`${load}; echo loaded`);
        terminal.press("Enter");
        await terminal.until(/^loaded$/m);
        expect(await completed("my-os-ctl net inter", after("--name lo --output name"))).toContain("locode=0");
        for (const link of LINKS) {
          const start = link.slice(0, 4).replace(/\W.*/, "");
          const screen = await completed(`my-os-ctl net interfaces --name ${start}`, after("--output name"));
          expect(screen, link).toContain(`${link}code=0`);
        }
        const screen = await completed(`my-os-ctl vol usage --path ${join(folder, "mnt/spa")}`, after("--json"));
        expect(screen).toContain(JSON.stringify(TARGET));
        expect(screen).toContain("code=0");
        expect(existsSync(join(folder, "ran")), readdirSync(folder).join()).toBe(false);
      } finally {
        terminal.close();
      }
    });
  }

  it("fish is offered interfaces, disks and mount points", () => {
    const offered = (line: string): string[] =>
      execFileSync("fish", ["--no-config", "-c", 'my-os-ctl completion fish | source; complete -C "$LINE"'], {
        cwd: folder,
        env: { ...env(), LINE: line },
        encoding: "utf8",
      })
        .split("\n")
        .filter((one) => one !== "");
    expect(offered("my-os-ctl net in")).toEqual(["interfaces"]);
    expect(offered("my-os-ctl net interfaces --name ").toSorted()).toEqual(["lo", ...LINKS].toSorted());
    expect(offered(`my-os-ctl vol list-disks --disk ${disk.path}`)).toContain(disk.path);
    expect(offered(`my-os-ctl vol unmount --target=${folder}`)).toEqual([`--target=${TARGET}`]);
  });

  it("an open quote is gone on with in bash", async () => {
    const terminal = new Terminal({ command: ["bash", "--norc", "--noprofile"], env: env(), folder });
    try {
      terminal.type('eval "$(my-os-ctl completion bash)"; echo loaded');
      terminal.press("Enter");
      await terminal.until(/^loaded$/m);
      for (const quote of ["'", '"']) {
        terminal.type(`clear; my-os-ctl net interfaces -o name --name=${quote}quo`);
        terminal.press("Tab");
        await terminal.until(/quo'/);
        terminal.type(" 2>&1; echo code=$?");
        terminal.press("Enter");
        expect(await terminal.until(/^code=\d+$/m)).toContain(`${LINKS.at(-1)}\ncode=0`);
      }
    } finally {
      terminal.close();
    }
  });
});
