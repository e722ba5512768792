import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { NotifySocket } from "../../src/kernel/notify.js";
import { managerVariables } from "../../src/server/service-manager.js";
import { Daemon } from "../world/daemon.js";
import { Manager } from "../world/supervisor.js";

const folder = mkdtempSync(join(tmpdir(), "my-os-manager-"));
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});
afterAll(() => rmSync(folder, { recursive: true }));

async function managed(address: string, flags: readonly string[] = []) {
  const manager = await Manager.at(address);
  cleanups.push(() => manager.close());
  const daemon = await Daemon.start(flags, ["env", `NOTIFY_SOCKET=${address}`, "WATCHDOG_USEC=200000"]);
  cleanups.push(() => daemon.stop());
  return { manager, daemon };
}

describe.each([
  ["a path", join(folder, "notify.sock")],
  ["an abstract name", `@my-os-${process.pid}`],
])("a service manager at %s", (_, address) => {
  it("hears from the daemon itself that it is ready, lives, loads again and stops", async () => {
    const { manager, daemon } = await managed(address);
    const ready = await manager.hears(["READY"]);
    expect(ready).toEqual({ pid: daemon.child.pid, state: { READY: "1", STATUS: `answers on ${daemon.socket}` } });
    for (let signs = 1; signs <= 3; signs++) await manager.hears(["WATCHDOG"], manager.heard.length);

    const before = manager.heard.length;
    daemon.child.kill("SIGHUP");
    const { state } = await manager.hears(["RELOADING"], before);
    expect(state).toEqual({ RELOADING: "1", MONOTONIC_USEC: expect.stringMatching(/^\d{6,}$/) });
    const said = manager.heard.findIndex((told) => "RELOADING" in told.state);
    await manager.hears(["READY"], said);

    const ended = once(daemon.child, "exit");
    daemon.child.kill("SIGTERM");
    await manager.hears(["STOPPING"]);
    expect(await ended).toEqual([0, null]);
  });
});

it("hears that an access list was not loaded again", async () => {
  const acl = join(folder, "acl.toml");
  writeFileSync(acl, '[policy]\nanonymous_local = "read"\n');
  const { manager, daemon } = await managed(join(folder, "acl.sock"), ["--acl", acl]);
  await manager.hears(["READY"]);
  writeFileSync(acl, "nonsense");
  const before = manager.heard.length;
  daemon.child.kill("SIGHUP");
  expect((await manager.hears(["READY"], before)).state.STATUS).toContain("with an earlier access list");
});

it("that is not there keeps no daemon from serving; the log names the reason", async () => {
  const daemon = await Daemon.start([], ["env", `NOTIFY_SOCKET=${join(folder, "nobody")}`]);
  cleanups.push(() => daemon.stop());
  expect((await daemon.get("/health")).status).toBe(200);
  expect(daemon.log).toContain("the service manager cannot be told anything");
});

it.each(["relative/path", "", `/${"x".repeat(108)}`, `@${"x".repeat(108)}`])(
  "an address that cannot be: %j",
  (address) => {
    expect(() => NotifySocket.open(address)).toThrow(/neither a path nor an abstract name|longer than/);
  },
);

it("the manager's variables do not reach the tools", () => {
  const env: NodeJS.ProcessEnv = { PATH: "/bin", NOTIFY_SOCKET: "/n", LISTEN_FDS: "1", WATCHDOG_USEC: "9" };
  expect(managerVariables(env)).toMatchObject({ NOTIFY_SOCKET: "/n", LISTEN_FDS: "1", WATCHDOG_USEC: "9" });
  expect(env).toEqual({ PATH: "/bin" });
});
