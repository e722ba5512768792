import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const folder = join(import.meta.dirname, "../../packaging/systemd");
const units = readdirSync(folder);
const services = units.filter((name) => name.endsWith(".service"));
const text = (name: string): string => readFileSync(join(folder, name), "utf8");
const settings = (name: string): [string, string][] =>
  [...text(name).matchAll(/^(\w+)=(.*)$/gm)].map(([, key = "", value = ""]) => [key, value]);

/** Each of them puts the service into a mount namespace or behind a device allow-list (systemd.exec(5), systemd.resource-control(5)). */
const HIDING =
  /^(Protect(System|Home|Kernel\w+|ControlGroups|Proc|Clock|Hostname)|ProcSubset|Private\w+|\w*Paths|Root\w+|Mount\w+|Bind\w+|Temporary\w+|DynamicUser|Device\w+|ExtensionImages|LogNamespace|JoinsNamespaceOf|MemoryDenyWriteExecute|RuntimeDirectory)$/;

describe.each(services)("%s", (name) => {
  it("uses nothing that would hide its mounts or forbid it a disk", () => {
    expect(settings(name).filter(([key]) => HIDING.test(key))).toEqual([]);
  });

  it("gives a reason for each capability that it keeps, and for no other", () => {
    const kept = settings(name).flatMap(([key, value]) => (key === "CapabilityBoundingSet" ? value.split(" ") : []));
    const reasons = [...text(name).matchAll(/^# (CAP_\w+) +\S/gm)].map(([, capability]) => capability);
    expect(kept.length).toBeGreaterThan(0);
    expect(reasons.sort()).toEqual(kept.sort());
  });

  it("tells systemd that it is ready and is watched", () => {
    expect(settings(name)).toEqual(
      expect.arrayContaining([
        ["Type", "notify"],
        ["Restart", "on-failure"],
      ]),
    );
    expect(Number(settings(name).find(([key]) => key === "WatchdogSec")?.[1])).toBeGreaterThan(0);
  });
});

it("the two flavours never hold the one socket at once", () => {
  const sockets = units.filter((unit) => unit.endsWith(".socket"));
  expect(sockets).toHaveLength(services.length);
  const paths = sockets.flatMap((unit) => settings(unit).filter(([key]) => key === "ListenStream"));
  expect(new Set(paths.map(([, path]) => path)).size).toBe(1);
  for (const unit of units) {
    const other = unit.includes("native") ? unit.replace("native", "mos") : unit.replace("mos", "native");
    expect(settings(unit)).toContainEqual(["Conflicts", other]);
  }
});
