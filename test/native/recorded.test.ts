import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Daemon } from "../world/daemon.js";

const recorded = mkdtempSync(join(tmpdir(), "my-os-sysroot-"));
let daemon: Daemon;

beforeAll(async () => {
  daemon = await Daemon.start(["--sysroot", recorded, "--check-results"]);
});
afterAll(async () => {
  await daemon.stop();
  rmSync(recorded, { recursive: true });
});

describe("a recorded machine of which nothing was recorded", () => {
  it.each(["vol.list_mounts", "vol.list_disks", "vol.list_partitions"])(
    "%s names the file that is missing",
    async (method) => {
      const reason = "the recorded machine has no /proc/self/mountinfo";
      expect(await daemon.call(method)).toMatchObject({
        error: { data: { kind: "unsupported", reason, mode: "native" } },
      });
    },
  );

  it.each(["net.interfaces", "net.routes", "net.neighbors", "vol.usage"])(
    "%s does not ask this machine in its stead",
    async (method) => {
      expect(await daemon.call(method)).toMatchObject({ error: { data: { kind: "unsupported" } } });
    },
  );
});
