import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { Files } from "../../src/kernel/files.js";
import { ManagedBridges } from "../../src/native/net/bridge-managed.js";
import { bridgeKey } from "../../src/native/net/link-entries.js";
import { changeLinks, openLinkState } from "../../src/native/net/link-state.js";
import { NativeState } from "../../src/native/state.js";
import { rpcError } from "../../src/rpc/errors.js";

const folder = mkdtempSync(join(tmpdir(), "my-os-undo-"));
afterAll(() => rmSync(folder, { recursive: true }));

const conflict = () => rpcError("conflict", { expected: "a", actual: "b" }, "it is there with other values");

async function failing(undo: () => void) {
  const logged: unknown[] = [];
  const note = (message: string, fields?: object) => logged.push([message, fields]);
  const log = { error: note, warn: note, info: note, debug: note };
  const state = await NativeState.open({ folder, files: new Files(), log });
  const write = state.steps(async (steps) => {
    await steps.do("make the route", () => 1, undo);
    throw conflict();
  });
  const error = await write.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { error, logged };
}

it("a write that failed and was undone answers why it failed", async () => {
  const { error, logged } = await failing(() => {});
  expect(error).toEqual(conflict());
  expect(logged).toEqual([]);
});

it("a write that could not be undone never answers that nothing was done", async () => {
  const { error, logged } = await failing(() => {
    throw new Error("the disk is full");
  });
  expect(error).toMatchObject({ kind: "internal_error", details: {} });
  expect(String(error)).toContain("it is there with other values; and it could not be undone");
  expect(String(error)).toContain('"make the route"');
  expect(String(error)).not.toContain("disk");
  expect(JSON.stringify(logged)).toContain("the disk is full");
});

it("a bridge whose deletion failed and was not undone is told as differing, but not amid a write", async () => {
  const files = new Files();
  const note = () => {};
  const log = { error: note, warn: note, info: note, debug: note };
  const state = await NativeState.open({ folder, files, log });
  const bridge = { ifname: "b0", flags: ["UP"], ifalias: "my_os_server:bridge", linkinfo: { info_kind: "bridge" } };
  const net = { links: async () => [bridge] };
  const deps = openLinkState({ files, net: net as never, writer: undefined as never, state });
  const entry = { address: "02:00:00:00:00:01", stp: false, vlan_filtering: false, up: true, persist: true };
  await deps.bridges.put(bridgeKey("b0"), { kind: "bridge", name: "b0", ...entry, phase: "deleting" });
  const told = async () => (await new ManagedBridges(deps).verify(AbortSignal.timeout(10_000)))[0];
  expect(await told()).toMatchObject({ kind: "bridge", id: "b0", state: "differs", field: "phase", repairable: true });
  await changeLinks(deps, async () => expect(await told()).not.toMatchObject({ field: "phase" }));
});
