import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const here = import.meta.dirname;
const sources = join(here, "../../../src/native/vol");

/** Where a daemon is killed after each step of the storage writes. */
const TRIALS: Readonly<Record<string, readonly string[]>> = {
  "killed-writes.test.ts": ["found", "checked", "erased", "written", "shown"],
  "md-arrays.test.ts": ["created", "stopped", "zeroed"],
  "mount-restore.test.ts": ["register", "make folder", "mount", "note", "unmount", "forget"],
  "subvolumes-writes.test.ts": [
    "create subvolume",
    "create snapshot",
    "delete subvolume ",
    "switch quotas on",
    "create quota group",
    "set limits",
  ],
  "scrub-control.test.ts": ["start scrub", "cancel scrub"],
  "balance-control.test.ts": ["start balance", " balance"],
  "resize.test.ts": ["grow device ", "grow filesystem"],
  "defrag.test.ts": ["start defragmentation"],
};

/** The names of all steps, up to what is filled in. */
function stepsIn(source: string): string[] {
  const named = [...source.matchAll(/\bsteps\.do\(\s*(?:"([^"]+)"|`([^`]+)`)/g)];
  const started = [...source.matchAll(/\bstartRun\(\w+, "([^"]+)"/g)];
  return [...named, ...started].map(([, plain = "", filled = plain]) => filled.replaceAll(/\$\{[^}]*\}/g, ""));
}

describe("every step of every storage write", () => {
  const texts = readdirSync(sources).map((name) => readFileSync(join(sources, name), "utf8"));

  it("has a trial in which the daemon is killed after it", () => {
    const steps = new Set(texts.flatMap(stepsIn));
    expect(steps.size).toBeGreaterThan(20);
    expect([...steps].sort()).toEqual([...new Set(Object.values(TRIALS).flat())].sort());
    // A step whose name is no literal would escape.
    const calls = texts.join("").match(/\b(?:steps\.do|startRun)\(/g)?.length ?? 0;
    // `startRun` itself, and the step that it does for its callers.
    expect(texts.flatMap(stepsIn)).toHaveLength(calls - 2);
  });

  it.each(Object.entries(TRIALS))("is named by the trials in %s", (file, steps) => {
    const text = readFileSync(join(here, file), "utf8");
    expect(text).toMatch(/dieAt|MOS_TEST_KILL_AFTER/);
    for (const step of steps) expect(text).toContain(step);
  });
});
