import { describe, expect, it } from "vitest";
import { Files } from "../../src/kernel/files.js";
import { afterRestore } from "../../src/native/after-restore.js";
import type { Delayed, Managed } from "../../src/native/managed.js";
import { Restore } from "../../src/native/restore.js";
import { callContext } from "../world/call-context.js";

const { log } = callContext();
const part = (kind: Managed["kind"], restore: () => Promise<readonly Delayed[]>): Managed => ({
  kind,
  restore,
  verify: async () => [],
  count: () => 0,
});

describe("restoring", () => {
  it("goes through the parts in their order, past one that fails", async () => {
    const seen: string[] = [];
    const restore = new Restore(
      [
        part("bridge", async () => {
          seen.push("bridge");
          throw new Error("no netlink");
        }),
        part("tap", async () => {
          seen.push("tap");
          return [{ id: "vm1", reason: "there is no bridge br0" }];
        }),
      ],
      log,
    );
    await restore.done;
    expect(seen).toEqual(["bridge", "tap"]);
    expect(restore.waiting).toMatchObject([
      { kind: "bridge", id: "*", reason: "all of them: no netlink" },
      { kind: "tap", id: "vm1", reason: "there is no bridge br0" },
    ]);
  });

  it("tries again what waits, keeps since when, and rests when nothing waits", async () => {
    let rounds = 0;
    const restore = new Restore(
      [
        part("route", async () => {
          rounds += 1;
          return rounds < 3 ? [{ id: "main/10.0.0.0/8/0", reason: "there is no eth7" }] : [];
        }),
      ],
      log,
    );
    await restore.done;
    const [first] = restore.waiting;
    await restore.retry();
    expect(restore.waiting[0]?.since).toBe(first?.since);
    await restore.retry();
    expect(restore.waiting).toEqual([]);
    await restore.retry();
    expect(rounds).toBe(3);
  });

  it("holds writes back until its end, and reads not", async () => {
    let finish = (): void => {};
    const slow = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const restore = new Restore([part("mount", () => slow.then(() => []))], log);
    const seen: string[] = [];
    const handlers = afterRestore(
      { "net.routes": async () => seen.push("read"), "net.routes.add": async () => seen.push("write") },
      new Files(),
      restore,
    );
    const write = handlers["net.routes.add"]();
    await handlers["net.routes"]();
    expect(seen).toEqual(["read"]);
    finish();
    await write;
    expect(seen).toEqual(["read", "write"]);
  });

  it("lets no write near a recorded machine", async () => {
    const handlers = afterRestore(
      { "vol.unmount": () => Promise.resolve("done") },
      new Files("/nonexistent"),
      new Restore([], log),
    );
    await expect(handlers["vol.unmount"]()).rejects.toMatchObject({ kind: "unsupported" });
  });
});
