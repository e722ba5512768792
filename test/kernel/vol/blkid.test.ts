import { describe, expect, it } from "vitest";
import { Blkid, parseBlkid } from "../../../src/kernel/blkid.js";
import { CommandFailed, type RunOptions, type RunResult, ToolMissing } from "../../../src/kernel/exec.js";
import { Random, seeds } from "../../world/random.js";

const result = (stdout: string, exitCode = 0, stderr = ""): RunResult => ({
  stdout,
  stderr,
  exitCode,
  bytes: Buffer.from(stdout),
});

type Kind = "well" | "blank" | "broken" | "ambivalent";

/** blkid 2.38 as measured: it prints block after block and stops at the first device that fails. */
const fake =
  (kinds: ReadonlyMap<string, Kind>, seen: string[][] = []) =>
  async (_: string, args: readonly string[]): Promise<RunResult> => {
    const paths = args.filter((arg) => arg.startsWith("/dev/"));
    seen.push(paths);
    const blocks: string[] = [];
    for (const path of paths) {
      const kind = kinds.get(path) ?? "broken";
      if (kind === "broken") return result(blocks.join("\n"), 2, `blkid: error: ${path}: No medium found`);
      if (kind === "ambivalent" && !args.includes("-u"))
        return result(`${blocks.join("\n")}ID_FS_AMBIVALENT=filesystem:ext4:1.0 filesystem:btrfs\n`, 8, "");
      blocks.push(
        `ID_IOLIMIT_LOGICAL_SECTOR_SIZE=512\n${kind === "well" ? `ID_FS_LABEL_ENC=${path}\n` : ""}${kind === "ambivalent" ? "ID_PART_ENTRY_SCHEME=gpt\n" : ""}`,
      );
    }
    return result(blocks.join("\n"));
  };

describe("probing several devices at once", () => {
  it("takes one process for a group in which nothing fails", async () => {
    const seen: string[][] = [];
    const paths = Array.from({ length: 80 }, (_, at) => `/dev/d${at}`);
    const found = await new Blkid(fake(new Map(paths.map((path) => [path, "well"])), seen)).probe(paths);
    expect([...found].every(([path, properties]) => properties.get("ID_FS_LABEL_ENC") === path)).toBe(true);
    expect(found.size).toBe(80);
    expect(seen.map(({ length }) => length)).toEqual([64, 16]);
  });

  it.each(seeds(60))("gives each device its own answer, whichever of them fail (seed %i)", async (seed) => {
    const random = new Random(seed);
    const kinds = new Map(
      Array.from({ length: random.between(1, 140) }, (_, at): [string, Kind] => [
        `/dev/d${at}`,
        random.pick(["well", "well", "well", "blank", "broken", "ambivalent"]),
      ]),
    );
    const found = await new Blkid(fake(kinds)).probe([...kinds.keys()]);
    for (const [path, kind] of kinds) {
      const properties = found.get(path);
      const summary = {
        label: properties?.get("ID_FS_LABEL_ENC"),
        ambivalent: properties?.has("ID_FS_AMBIVALENT"),
        entry: properties?.has("ID_PART_ENTRY_SCHEME"),
      };
      expect(summary, `${path} ${kind}`).toEqual(
        {
          well: { label: path, ambivalent: false, entry: false },
          blank: { label: undefined, ambivalent: false, entry: false },
          broken: { label: undefined, ambivalent: undefined, entry: undefined },
          ambivalent: { label: undefined, ambivalent: true, entry: true },
        }[kind],
      );
    }
  });

  it("takes `nothing found` without a complaint for a blank device", async () => {
    const found = await new Blkid(async () => result("", 2)).probe(["/dev/blank"]);
    expect(found.get("/dev/blank")).toEqual(new Map());
  });

  it("knows nothing, and fails nothing, where blkid is not installed", async () => {
    const found = await new Blkid(() => Promise.reject(new ToolMissing("blkid"))).probe(["/dev/a", "/dev/b"]);
    expect(found.size).toBe(0);
  });

  it("ends with the caller's deadline", async () => {
    const signal = AbortSignal.abort(new Error("gone"));
    const blkid = new Blkid(async (_, __, options: RunOptions) => {
      options.signal?.throwIfAborted();
      return result("");
    });
    await expect(blkid.probe(["/dev/a"], { signal })).rejects.toThrow("gone");
  });
});

describe("a device that does not answer", () => {
  it("costs only itself its answer, and is not asked again until its process ends", { timeout: 20_000 }, async () => {
    const asked: string[][] = [];
    let letGo = () => {};
    const blkid = new Blkid((tool, args, options) => {
      const paths = args.filter((arg) => arg.startsWith("/dev/"));
      asked.push(paths);
      if (!paths.includes("/dev/dead")) return fake(new Map(paths.map((path) => [path, "well"])))(tool, args);
      // In a group the process can still be killed; the last one waits in the kernel and cannot.
      if (paths.length > 1)
        return Promise.reject(new CommandFailed(["blkid"], -1, "", `late after ${options.deadlineMs}`));
      return new Promise((_, reject) => {
        letGo = () => reject(new CommandFailed(["blkid"], -1, "", "killed"));
      });
    });
    const paths = ["/dev/a", "/dev/b", "/dev/dead", "/dev/c"];
    const found = await blkid.probe(paths, { patienceMs: 40 });
    expect([...found.keys()].sort()).toEqual(["/dev/a", "/dev/b", "/dev/c"]);
    asked.length = 0;
    expect((await blkid.probe(paths, { patienceMs: 40 })).size).toBe(3);
    expect(asked).toEqual([["/dev/a", "/dev/b", "/dev/c"]]);
    letGo();
    await new Promise((resolve) => setImmediate(resolve));
    asked.length = 0;
    void blkid.probe(["/dev/dead"], { patienceMs: 40 });
    expect(asked).toEqual([["/dev/dead"]]);
  });
});

describe("a device that fails", () => {
  it("is asked alone from then on, until it answers again", async () => {
    const asked: string[][] = [];
    const kinds = new Map<string, Kind>([
      ["/dev/a", "well"],
      ["/dev/barred", "broken"],
      ["/dev/c", "well"],
    ]);
    const blkid = new Blkid(fake(kinds, asked));
    const probe = async () => {
      asked.length = 0;
      return [...(await blkid.probe([...kinds.keys()])).keys()].sort();
    };
    await probe();
    expect(await probe()).toEqual(["/dev/a", "/dev/c"]);
    expect(asked).toEqual([["/dev/a", "/dev/c"], ["/dev/barred"]]);
    kinds.set("/dev/barred", "well");
    expect(await probe()).toEqual(["/dev/a", "/dev/barred", "/dev/c"]);
    await probe();
    expect(asked).toEqual([["/dev/a", "/dev/barred", "/dev/c"]]);
  });
});

describe("a tool that never ends", () => {
  it("keeps a call no longer than its patience, however many devices there are", { timeout: 10_000 }, async () => {
    const paths = Array.from({ length: 100 }, (_, at) => `/dev/d${at}`);
    const blkid = new Blkid(
      (_, __, { deadlineMs = 0 }) =>
        new Promise((_, reject) => {
          setTimeout(() => reject(new CommandFailed(["blkid"], -1, "", "late")), deadlineMs);
        }),
    );
    const start = performance.now();
    expect((await blkid.probe(paths, { patienceMs: 600 })).size).toBe(0);
    expect(performance.now() - start).toBeLessThan(1500);
  });
});

describe("blkid's output", () => {
  it("is blocks between blank lines, values with equal signs included", () => {
    expect(parseBlkid("A=1\nB=x=y\n\nA=2\n")).toEqual([
      new Map([
        ["A", "1"],
        ["B", "x=y"],
      ]),
      new Map([["A", "2"]]),
    ]);
    expect(parseBlkid("")).toEqual([]);
  });
});
