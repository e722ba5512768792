import { describe, expect, it } from "vitest";
import { logTo } from "../../src/server/log.js";

function written(format: "human" | "json", verbose = false) {
  const lines: string[] = [];
  return { lines, log: logTo({ format, verbose, write: (line) => lines.push(line) }) };
}

describe("the log for machines", () => {
  it("is one JSON object a line", () => {
    const { lines, log } = written("json");
    log.warn("a\nb", { path: "/x\n", ms: 3, gone: undefined });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^[^\n]*\n$/);
    expect(JSON.parse(lines[0] ?? "")).toEqual({
      time: expect.stringMatching(/Z$/),
      level: "warn",
      message: "a\nb",
      path: "/x\n",
      ms: 3,
    });
  });
});

describe("the log for people", () => {
  it("is one line a time, a level, a message and its fields", () => {
    const { lines, log } = written("human");
    log.info("ready", { socket: "/run/os.sock", ms: 12, empty: "", gone: undefined });
    expect(lines).toEqual([
      expect.stringMatching(/^\d\d:\d\d:\d\d\.\d{3} info {2}ready socket=\/run\/os\.sock ms=12 empty=""\n$/),
    ]);
  });

  it("quotes what could pass for another field, another line or a command to the terminal", () => {
    const { lines, log } = written("human");
    log.error("a call failed", { method: "x ms=1\nfake line \u001b[2J\u009b2J\u2028" });
    expect(lines[0]).toContain('method="x ms=1\\nfake line \\u001b[2J\\u009b2J\\u2028"\n');
  });
});

it("details are written only when asked for", () => {
  const [quiet, verbose] = [written("json"), written("json", true)];
  for (const { log } of [quiet, verbose]) log.debug("call");
  expect([quiet.lines.length, verbose.lines.length]).toEqual([0, 1]);
});
