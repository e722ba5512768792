import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const shutdown = join(import.meta.dirname, "../../dist/src/server/shutdown.js");

/** A process that is watched for defects and then does something. */
function watched(defect: string) {
  const script = `
    import { endOnDefect } from ${JSON.stringify(shutdown)};
    const say = (message, fields) => console.error(JSON.stringify({ message, ...fields }));
    endOnDefect(() => console.log("stopped listening"), { error: say });
    ${defect};
    setTimeout(() => {}, 10_000);`;
  return spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8", timeout: 8000 });
}

describe("a defect that nobody caught", () => {
  it.each([
    ["thrown", 'setImmediate(() => { throw new Error("boom"); })'],
    ["rejected", 'Promise.reject(new Error("boom"))'],
    ["that is no error", 'Promise.reject("boom")'],
  ])("%s is logged, ends the listening and exits with 70", (_, defect) => {
    const { status, stdout, stderr } = watched(defect);
    expect([status, stdout]).toEqual([70, "stopped listening\n"]);
    expect(JSON.parse(stderr)).toMatchObject({
      message: "internal error, ending",
      error: expect.stringContaining("boom"),
    });
  });
});
