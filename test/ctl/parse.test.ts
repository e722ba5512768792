import { describe, expect, it } from "vitest";
import { commands, type Flag } from "../../generated/commands.gen.js";
import { parse } from "../../src/ctl/parse.js";
import { UsageError } from "../../src/ctl/usage.js";
import { readValue } from "../../src/ctl/values.js";

const words = (line: string): string[] => line.split(" ").filter(Boolean);
const call = (line: string, ...more: string[]) => {
  const parsed = parse([...words(line), ...more]);
  if (parsed.kind !== "call") throw new Error(`not a call but ${parsed.kind}`);
  return { method: parsed.command.method, params: parsed.params, globals: parsed.globals };
};
function wrong(argv: readonly string[]): UsageError {
  try {
    parse(argv);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error(`nothing is wrong with ${argv.join(" ")}`);
}

describe("a command line", () => {
  it("is a method with its parameters", () => {
    expect(call("net routes add --dst 10.0.0.0/8 --gateway=10.1.1.1 --metric 5 --persist --no-onlink")).toEqual({
      method: "net.routes.add",
      params: { dst: "10.0.0.0/8", gateway: "10.1.1.1", metric: 5, persist: true, onlink: false },
      globals: {},
    });
  });

  it("takes global flags before the command, between and behind", () => {
    const globals = { socket: "/run/a.sock", json: "true", timeout: "5", output: "yaml" };
    const lines = [
      "--socket /run/a.sock --json --timeout=5 -o yaml net routes --dev v0",
      "--json net routes --socket=/run/a.sock --dev v0 --timeout 5 --output yaml",
      "net routes --dev v0 --json -o=yaml --timeout 5 --socket /run/a.sock",
    ];
    for (const line of lines) expect(call(line)).toEqual({ method: "net.routes", params: { dev: "v0" }, globals });
    expect(parse(words("--json --help")).kind).toBe("help");
    expect(wrong(words("--socket net routes")).message).toBe("there is no command `routes`");
  });

  it("does not take a flag for another's value, unless it is tied to it", () => {
    expect(wrong(words("net routes add --dst --dev v0")).message).toBe("--dst wants a value");
    expect(wrong(words("net routes --dev")).message).toBe("--dev wants a value");
    expect(wrong(words("net routes --socket")).message).toBe("--socket wants a value");
    expect(call("net routes --dev=--odd").params).toEqual({ dev: "--odd" });
    expect(call("net routes --dev=a=b").params).toEqual({ dev: "a=b" });
    expect(call("net routes --dev=").params).toEqual({ dev: "" });
    expect(call("net interfaces --name", "; reboot").params).toEqual({ name: "; reboot" });
    expect(call("net routes add --dst 10.0.0.0/8 --metric -1").params).toMatchObject({ metric: -1 });
  });

  it("collects what may be repeated, and refuses the rest", () => {
    expect(call("vol create-btrfs-raid --devices /dev/a --devices=/dev/b").params).toEqual({
      devices: ["/dev/a", "/dev/b"],
    });
    expect(wrong(words("net routes --dev a --dev b")).message).toBe("--dev is given twice");
    expect(wrong(words("net routes add --persist --no-persist")).message).toBe("--persist is given twice");
  });

  it.each([
    ["net routs", "`net` has no command `routs`", "did you mean `net routes`?"],
    ["nte routes", "there is no command `nte`", "did you mean `net`?"],
    ["vol list-disk", "`vol` has no command `list-disk`", "did you mean `vol list-disks`?"],
    ["vol qqqqqqqqqqq", "`vol` has no command `qqqqqqqqqqq`", "see `my-os-ctl vol --help`"],
    ["net routes --devv v0", "there is no flag --devv", "did you mean --dev?"],
    ["net routes --jsno", "there is no flag --jsno", "did you mean --json?"],
    ["net routes --json=1", "--json takes no value", undefined],
    ["net routes add --no-persist=1", "--no-persist takes no value", undefined],
    [
      "net routes add --dst 10.0.0.0/8 -- more",
      "`more` is not understood: parameters are given as flags",
      "see `my-os-ctl net routes add --help`",
    ],
  ])("%s: %s", (line, message, hint) => {
    expect(wrong(words(line))).toMatchObject({ message, hint });
  });

  it("asks for help wherever the flag stands", () => {
    expect(parse(words("net routes add --help"))).toMatchObject({ kind: "help", path: ["net", "routes", "add"] });
    expect(parse(words("-h net routes add"))).toMatchObject({ kind: "help", path: ["net", "routes", "add"] });
    expect(parse([])).toMatchObject({ kind: "help", path: [] });
    expect(parse(["net"])).toMatchObject({ kind: "help", path: ["net"] });
    expect(parse(words("key new --help"))).toMatchObject({ kind: "help", path: ["key", "new"] });
  });

  it("reads nothing into what the shell's completion asks", () => {
    expect(parse(["__complete", "--", "--nonsense", "net", "--help"])).toMatchObject({
      kind: "local",
      words: ["--", "--nonsense", "net", "--help"],
    });
  });
});

describe("a flag's value", () => {
  const flag = (path: string, name: string): Flag => {
    const found = commands.find((one) => one.path.join(" ") === path)?.flags.find((one) => one.flag === name);
    if (found === undefined) throw new Error(`no ${path} ${name}`);
    return found;
  };
  const bytes = flag("vol create-partition", "--size-bytes");
  const metric = flag("net routes add", "--metric");

  it.each([
    ["0", 0],
    ["4096", 4096],
    ["10K", 10_240],
    ["10G", 10_737_418_240],
    ["10GiB", 10_737_418_240],
    ["7P", 7 * 2 ** 50],
    ["16P", 2n ** 54n],
    ["9007199254740993", 9_007_199_254_740_993n],
  ])("%s bytes are %s", (text, value) => {
    expect(readValue(bytes, text)).toBe(value);
  });

  it.each(["10GB", "10g", "1.5G", "", " 1", "1e3", "0x10", "ten", "99999999999999999999999"])(
    "%j is no number of bytes",
    (text) => {
      expect(() => readValue(bytes, text)).toThrow(
        `--size-bytes: a whole number is wanted, in bytes or as 10G, not ${JSON.stringify(text)}`,
      );
    },
  );

  it("takes units for bytes alone", () => {
    expect(() => readValue(metric, "10K")).toThrow('--metric: a whole number is wanted, not "10K"');
    expect(readValue(metric, "-5")).toBe(-5);
  });

  it("is null where null lifts something, and a text elsewhere", () => {
    const quota = flag("vol set-quota", "--max-referenced-bytes");
    expect(readValue(quota, "null")).toBeNull();
    expect(readValue(quota, "1G")).toBe(2 ** 30);
    expect(readValue(flag("net routes", "--dev"), "null")).toBe("null");
    expect(call("vol set-quota --path /data --max-referenced-bytes null").params).toEqual({
      path: "/data",
      max_referenced_bytes: null,
    });
  });

  it("is one of the words, with the nearest where it is none", () => {
    const type = flag("net routes add", "--type");
    expect(readValue(type, "blackhole")).toBe("blackhole");
    expect(() => readValue(type, "blackhol")).toThrow(
      expect.objectContaining({ hint: "did you mean blackhole?", message: expect.stringContaining("--type: one of ") }),
    );
  });

  it("is shortened where an error repeats it", () => {
    expect(() => readValue(metric, "x".repeat(5000))).toThrow(`not "${"x".repeat(80)}"`);
  });

  it("is JSON where the wire wants a structure, and a bare word needs no quotes", () => {
    const data = flag("vol balance-start", "--data");
    expect(data.type).toBe("json");
    expect(readValue(data, '{"usage":5}')).toEqual({ usage: 5 });
    expect(readValue(data, "raid1")).toBe("raid1");
    expect(() => readValue(data, "{usage")).toThrow("--data: a JSON value is wanted");
  });
});
