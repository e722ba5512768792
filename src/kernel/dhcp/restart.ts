import { setTimeout as pause } from "node:timers/promises";
import { CommandFailed, run } from "../exec.js";
import type { Files } from "../files.js";
import type { NetReader } from "../net-model.js";
import type { RunningClient } from "./clients.js";

export type RestartAction = "reconfigure" | "reapply" | "rebind" | "release_and_start" | "release_and_renew";

/** What each client that can start over is asked to do. */
const ACTIONS: Readonly<Partial<Record<RunningClient["name"], RestartAction>>> = {
  "systemd-networkd": "reconfigure",
  networkmanager: "reapply",
  dhcpcd: "rebind",
  dhclient: "release_and_start",
  udhcpc: "release_and_renew",
};

/** What a client would be asked to do; undefined where it cannot start over. */
export const restartAction = ({ name }: RunningClient): RestartAction | undefined => ACTIONS[name];

const RELEASE_MS = 20_000;
const GONE_MS = 5000;
const LOOK_MS = 50;

/**
 * Asks a client to start over on an interface, and answers when that was taken up, not when a lease is there.
 * Rejects with `ToolMissing` or `CommandFailed`.
 */
export async function restartClient(
  { files, net }: { readonly files: Files; readonly net: NetReader },
  client: RunningClient,
  ifname: string,
): Promise<void> {
  switch (client.name) {
    case "systemd-networkd":
      await run("networkctl", ["reconfigure", "--", ifname]);
      return;
    case "networkmanager":
      await run("nmcli", ["--wait", "10", "device", "reapply", ifname], { deadlineMs: 15_000 });
      return;
    case "dhcpcd":
      await run("dhcpcd", [...(await dhcpcdFamily(files, ifname)), "--rebind", ifname]);
      return;
    case "dhclient":
      await restartDhclient(files, client);
      return;
    case "udhcpc":
      await restartUdhcpc(net, client, ifname);
      return;
    default:
      throw new Error(`${client.name} cannot start over`);
  }
}

/** One that was started for one family is reached by saying so again. */
async function dhcpcdFamily(files: Files, ifname: string): Promise<string[]> {
  for (const family of ["4", "6"]) {
    const isForBoth = await files.exists(`/run/dhcpcd/${ifname}.pid`);
    if (!isForBoth && (await files.exists(`/run/dhcpcd/${ifname}-${family}.pid`))) return [`-${family}`];
  }
  return [];
}

/** How it was started decides about waiting and staying in front, not about what it does. */
const STARTING: ReadonlySet<string> = new Set(["-d", "-nw", "-1", "-r", "-x", "-w", "-n", "-v", "-q"]);

async function restartDhclient(files: Files, { argv, pid }: RunningClient): Promise<void> {
  const words = argv.slice(1).filter((word) => !STARTING.has(word));
  await run("dhclient", ["-r", ...words], { deadlineMs: RELEASE_MS });
  // One that keeps no pid file does not end by being released.
  if (!(await isGone(files, pid))) tell(pid, "SIGTERM");
  await isGone(files, pid);
  await run("dhclient", ["-nw", ...words], { deadlineMs: RELEASE_MS });
}

/** Sends a signal; one that may not be sent fails as `kill` would. */
function tell(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandFailed(["kill", `-${signal.slice("SIG".length)}`, String(pid)], 1, why, why);
  }
}

async function isGone(files: Files, pid: number): Promise<boolean> {
  for (let waited = 0; waited < GONE_MS; waited += LOOK_MS) {
    // One whose parent has not heard of its end is there by number alone.
    const command = await files.readIfThere(`/proc/${pid}/cmdline`);
    if (command === undefined || command === "") return true;
    await pause(LOOK_MS);
  }
  return false;
}

async function restartUdhcpc(net: NetReader, { pid }: RunningClient, ifname: string): Promise<void> {
  tell(pid, "SIGUSR2");
  for (let waited = 0; waited < GONE_MS && (await hasIpv4(net, ifname)); waited += LOOK_MS) await pause(LOOK_MS);
  tell(pid, "SIGUSR1");
}

const hasIpv4 = async (net: NetReader, ifname: string): Promise<boolean> =>
  (await net.links({ name: ifname })).some(({ addr_info }) => addr_info.some(({ family }) => family === "inet"));
