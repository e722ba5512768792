import { beforeAll, expect, it } from "vitest";
import { describeGuest, suiteGuest } from "../world/guest.js";
import { compareInGuest } from "../world/guest-looks.js";
import { RARE_KINDS } from "../world/rare-kinds.js";

/** What this `ip` does not know yet, although the kernel tells it. */
const NEWER_THAN_IP: ReadonlySet<string> = new Set(["coupled_control"]);

const asKnownToIp = (ours: unknown): unknown =>
  JSON.parse(JSON.stringify(ours, (name, value) => (NEWER_THAN_IP.has(name) ? undefined : value)));

describeGuest("link kinds that only a full kernel has", () => {
  const guest = suiteGuest({ modules: ["fou"] });
  beforeAll(async () => {
    await guest().output(["ip", "netns", "add", "world"]);
    await guest().output(["ip", "-n", "world", "-batch", "-"], { input: RARE_KINDS.join("\n") });
  }, 130_000);

  it("reads them as `ip -j` does, field by field, from netlink and through `ip`", async () => {
    const all = await compareInGuest(guest(), "world");
    for (const { label, ours, ip } of all) expect(asKnownToIp(ours), label).toEqual(asKnownToIp(ip));
    const links = all.filter(({ label }) => label.startsWith("net.interfaces"));
    const made = RARE_KINDS.filter((line) => line.startsWith("link add ")).length;
    expect(links.map(({ ip }) => ip.length >= made)).toEqual([true, true]);
  }, 500_000);
});
