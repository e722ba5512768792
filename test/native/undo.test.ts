import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { Files } from "../../src/kernel/files.js";
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
