import { join } from "node:path";
import { expect, it } from "vitest";
import type { MountFilesystemResult, UnmountFilesystemResult } from "../../generated/types.gen.js";
import { describeGuest, suiteGuest } from "../world/guest.js";

const CALL_VOL = join(import.meta.dirname, "../world/call-vol.mjs");

describeGuest("what the host's kernel lacks", () => {
  const guest = suiteGuest({
    modules: ["vfat", "nls_ascii", "nls_cp437"],
    disks: [64 << 20],
  });
  const call = async <T>(method: string, params: object): Promise<T> => {
    const { result, error } = JSON.parse(
      await guest().output([process.execPath, CALL_VOL, method, JSON.stringify(params)], { timeoutSeconds: 240 }),
    );
    if (result === undefined) throw new Error(JSON.stringify(error));
    return result;
  };

  it("is mounted with its options: a vfat of somebody's", async () => {
    const [disk = ""] = guest().disks;
    await guest().output(["mkfs.vfat", "-n", "MOSBOOT", disk]);
    const wish = {
      device: disk,
      target: "/mnt/fat",
      create_target: true,
      options: ["nodev", "uid=1000", "umask=0077"],
    };
    const { mount, persisted } = await call<MountFilesystemResult>("vol.mount", wish);
    expect([mount.fstype, mount.label, persisted]).toEqual(["vfat", "MOSBOOT", true]);
    expect(await guest().output(["stat", "-c", "%u %a", "/mnt/fat"])).toBe("1000 700\n");
    const ended = await call<UnmountFilesystemResult>("vol.unmount", { target: "/mnt/fat", force: true });
    expect(ended).toMatchObject({ changed: true, remaining_at_target: 0 });
  }, 600_000);
});
