import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseScrubRecords } from "../../../src/kernel/btrfs-scrub.js";

const text = readFileSync(join(import.meta.dirname, "../../fixtures/vol/scrub-status.txt"), "utf8");
const fsid = "221b4a3f-5ecb-44a6-a4d6-0b87f75ea31c";

describe("the record that btrfs keeps of a scrub", () => {
  it("is read device by device", () => {
    const [first, second, ...others] = parseScrubRecords(text, fsid);
    expect(others).toEqual([]);
    expect(first).toMatchObject({
      devid: 1,
      started: 1795633906,
      resumed: 1795633909,
      durationSeconds: 8,
      isCanceled: false,
      isFinished: false,
      progress: { data_extents_scrubbed: 176n, last_physical: 92340224n, csum_errors: 0n },
    });
    expect(second).toMatchObject({
      devid: 2,
      resumed: 0,
      isCanceled: true,
      isFinished: true,
      progress: { csum_errors: 3n, uncorrectable_errors: 1n, corrected_errors: 2n, unverified_errors: 0n },
    });
  });

  it("holds nothing of another filesystem, and passes over what is no record", () => {
    expect(parseScrubRecords(text, "00000000-5ecb-44a6-a4d6-0b87f75ea31c")).toEqual([]);
    for (const odd of ["", "\0", `${fsid}`, `${fsid}:|x:1`, `${fsid}:-1|x:1`, "scrub status:1\nx".repeat(3)]) {
      expect(parseScrubRecords(odd, fsid)).toEqual([]);
    }
    expect(parseScrubRecords(`${fsid}:1|duration:-5|t_start:99999999999999|finished`, fsid)).toMatchObject([
      { durationSeconds: 0, started: 253_402_300_799, isFinished: false },
    ]);
  });
});
