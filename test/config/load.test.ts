import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { StartRefused } from "../../src/config/exit.js";
import { configText, helpText } from "../../src/config/help.js";
import { type Ambient, type Loaded, loadSettings } from "../../src/config/load.js";
import {
  actions,
  flagOf,
  type SettingName,
  settingNames,
  settings,
  settingsOf,
  variableOf,
} from "../../src/config/settings.js";

const folder = mkdtempSync(join(tmpdir(), "my-os-config-"));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function fileWith(toml: string): string {
  const file = join(folder, `${files++}.toml`);
  writeFileSync(file, toml);
  return file;
}

const around = (changes: Partial<Ambient> = {}): Ambient => ({
  env: { HOME: "/home/op" },
  uid: 1000,
  cwd: "/work-here",
  defaultFile: join(folder, "nothing-here.toml"),
  ...changes,
});

function load(argv: readonly string[], changes: Partial<Ambient> = {}): Loaded {
  const loaded = loadSettings(argv, "my-os-server-native", around(changes));
  if (!("settings" in loaded)) throw new Error(`only ${loaded.action}`);
  return loaded;
}

/** Why a start is refused, as `code: message`. */
function refusal(argv: readonly string[], changes: Partial<Ambient> = {}): string {
  try {
    loadSettings(argv, "my-os-server-native", around(changes));
  } catch (error) {
    if (error instanceof StartRefused) return `${error.exitCode}: ${error.message}`;
    throw error;
  }
  return "started";
}

describe("a setting's value comes from", () => {
  const file = fileWith("[limits]\nbatch = 11\n");
  const name: SettingName = "limit_batch";
  const value = ({ settings: { limit_batch }, origins }: Loaded) => [limit_batch, origins.get(name)];
  const env = { MY_OS_LIMIT_BATCH: "22", MY_OS_CONFIG: file };

  it("its flag before all others", () => {
    expect(value(load(["--limit-batch", "33"], { env }))).toEqual([33, "--limit-batch"]);
    expect(value(load(["--limit-batch=33"], { env }))).toEqual([33, "--limit-batch"]);
  });

  it("its variable before the file", () => {
    expect(value(load([], { env }))).toEqual([22, "$MY_OS_LIMIT_BATCH"]);
  });

  it("the file before its default", () => {
    expect(value(load(["--config", file]))).toEqual([11, `${file} (limits.batch)`]);
  });

  it("its default", () => {
    expect(value(load([]))).toEqual([1000, "default"]);
  });

  it("not from a variable that is set and empty", () => {
    expect(value(load([], { env: { MY_OS_LIMIT_BATCH: "" } }))).toEqual([1000, "default"]);
  });
});

describe("the configuration file", () => {
  it("of the package is read where it is present", () => {
    const defaultFile = fileWith('state_dir = "/srv/state"');
    const { settings: values, origins } = load([], { defaultFile });
    expect([values.state_dir, values.config, origins.get("config")]).toEqual(["/srv/state", defaultFile, "present"]);
  });

  it("of the package is not read where another is named", () => {
    const defaultFile = fileWith('state_dir = "/srv/state"');
    expect(load(["--config", fileWith("")], { defaultFile }).settings.state_dir).toBe(
      "/home/op/.local/state/my_os_server",
    );
  });

  it("gives relative paths from its own folder, as flags and variables do from the current one", () => {
    expect(load(["--config", fileWith('socket = "a.sock"')]).settings.socket).toBe(join(folder, "a.sock"));
    expect(load(["--socket", "a.sock"]).settings.socket).toBe("/work-here/a.sock");
  });

  it.each([
    ["a wrong key", "sokcet = '/x'", "there is no setting `sokcet`; did you mean `socket`?"],
    [
      "a wrong key in a section",
      "[limits]\nbacth = 1",
      "there is no setting `limits.bacth`; did you mean `limits.batch`?",
    ],
    ["a wrong section", "[limit]\nbatch = 1", "there is no setting `limit`; did you mean `limits`?"],
    ["a section as a value", "limits = 1", "`limits` is a section: write [limits]"],
    ["a key of every object", "constructor = 1", "there is no setting `constructor`"],
    [
      "a word for a number",
      "[limits]\nbatch = 'ten'",
      '"ten" is wrong for limit_batch: a whole number from 1 to 100000 is wanted',
    ],
    [
      "a number out of bounds",
      "[limits]\nbatch = 0",
      "0 is wrong for limit_batch: a whole number from 1 to 100000 is wanted",
    ],
    ["half a number", "[limits]\nbatch = 1.5", "1.5 is wrong for limit_batch"],
    ["a number for a switch", "check_results = 1", "1 is wrong for check_results: `true` or `false` is wanted"],
    ["a number for a path", "socket = 1", "1 is wrong for socket: a path, in quotes, is wanted"],
    ["an unknown word", "[log]\nformat = 'xml'", '"xml" is wrong for log_format: one of auto, human, json is wanted'],
  ])("with %s is refused and says so", (_, toml, reason) => {
    const file = fileWith(toml);
    const said = refusal(["--config", file]);
    expect(said).toMatch(/^78: /);
    expect(said).toContain(file);
    expect(said).toContain(reason);
  });

  it.each(["socket = ", "[limits", "a = 1\na = 2", "= 1", "x = 2020-99-99", "\u0000"])(
    "that is no TOML says where: %j",
    (toml) => {
      const file = fileWith(toml);
      expect(refusal(["--config", file])).toMatch(new RegExp(`^78: ${file}:\\d+:\\d+: .`));
    },
  );

  it("that is wrong is refused even where a flag wins over it", () => {
    expect(refusal(["--limit-batch", "5", "--config", fileWith("[limits]\nbatch = 0")])).toMatch(/^78: /);
  });

  it("that is not UTF-8, missing or a folder is refused", () => {
    const binary = fileWith("");
    writeFileSync(binary, Buffer.from([0x61, 0x3d, 0x22, 0xff, 0x22]));
    for (const file of [binary, join(folder, "missing.toml"), folder]) {
      expect(refusal(["--config", file])).toMatch(new RegExp(`^78: ${file}: cannot be read`));
    }
  });
});

describe("the command line", () => {
  it.each([
    [["--sokcet", "x"], "there is no flag --sokcet; did you mean --socket?"],
    [["--verbos"], "there is no flag --verbos; did you mean --verbose?"],
    [["-x"], "there is no flag -x; see --help"],
    [["--socket"], "--socket wants a value"],
    [["--socket="], "--socket wants a value"],
    [["--socket", "--verbose"], "--socket wants a value"],
    [["--state-dir", "-v"], "--state-dir wants a value"],
    [["--help=yes"], "--help takes no value"],
    [["--verbose=perhaps"], "perhaps is wrong for verbose: `true` or `false` is wanted"],
    [["--limit-batch", "many"], "--limit-batch: many is wrong for limit_batch"],
    [["--limit-batch", "-1"], "--limit-batch"],
    [["serve"], "`serve` is not understood"],
    [["--", "serve"], "`serve` is not understood"],
    [["--constructor"], "there is no flag --constructor"],
  ])("%j is wrong usage", (argv, reason) => {
    const said = refusal(argv);
    expect(said).toMatch(/^64: /);
    expect(said).toContain(reason);
  });

  it("a wrong variable is wrong configuration, and named", () => {
    expect(refusal([], { env: { MY_OS_LIMIT_BATCH: "many" } })).toMatch(/^78: \$MY_OS_LIMIT_BATCH: many is wrong/);
  });

  it("switches are switched on by their name and off by a word", () => {
    expect(load(["-v"]).settings.verbose).toBe(true);
    expect(load(["--verbose"]).settings.verbose).toBe(true);
    expect(load(["--verbose=no"], { env: { MY_OS_VERBOSE: "1" } }).settings.verbose).toBe(false);
  });

  it("asking for help or the version looks at nothing else", () => {
    expect(loadSettings(["--help", "--config", "/nowhere"], "my-os-server-native", around())).toEqual({
      action: "help",
    });
    expect(loadSettings(["--version", "--limit-batch", "many"], "my-os-server-native", around())).toEqual({
      action: "version",
    });
  });
});

describe("the socket's place", () => {
  it.each([
    ["--socket", ["--socket", "/a/os.sock"], { MY_OS_SOCKET: "/b/os.sock", HERO_SOCKET_DIR: "/c" }, "/a/os.sock"],
    ["$MY_OS_SOCKET", [], { MY_OS_SOCKET: "/b/os.sock", HERO_SOCKET_DIR: "/c" }, "/b/os.sock"],
    ["$HERO_SOCKET_DIR", [], { HERO_SOCKET_DIR: "/c", HOME: "/home/op" }, "/c/hero_db_root_os.sock"],
    ["default", [], { HOME: "/home/op" }, "/home/op/hero/var/sockets/hero_db_root_os.sock"],
  ])("by %s", (origin, argv, env, place) => {
    const loaded = load(argv, { env });
    expect([loaded.settings.socket, loaded.origins.get("socket")]).toEqual([place, origin]);
  });
});

describe("the state folder", () => {
  it.each([
    [0, { HOME: "/root", XDG_STATE_HOME: "/x" }, "/var/lib/my_os_server"],
    [1000, { HOME: "/home/op", XDG_STATE_HOME: "/x" }, "/x/my_os_server"],
    [1000, { HOME: "/home/op" }, "/home/op/.local/state/my_os_server"],
  ])("of user %i with %j is %s", (uid, env, place) => {
    expect(load([], { uid, env }).settings.state_dir).toBe(place);
  });
});

describe("what is printed", () => {
  it.each(["my-os-server-native", "my-os-server-mos"] as const)(
    "--help of %s names every flag it has, with variable and place in the file",
    (program) => {
      const text = helpText(program);
      for (const name of settingNames.filter((name) => !settingsOf(program).includes(name)))
        expect(text).not.toContain(`--${flagOf(name)} `);
      for (const name of settingsOf(program)) {
        expect(text).toContain(`--${flagOf(name)}`);
        expect(text).toContain(`$${variableOf(name)}`);
        expect(text).toContain(settings[name].help);
      }
      for (const action of Object.keys(actions)) expect(text).toContain(`--${flagOf(action)}`);
    },
  );

  it("a flag of another daemon is none", () => {
    expect(refusal(["--net-socket", "/x.sock"])).toMatch(/^64: there is no flag --net-socket/);
    const file = fileWith('[upstream]\nnet_socket = "/x.sock"\n');
    expect(load(["--config", file]).origins.get("net_socket")).toContain(file);
  });

  it("--print-config shows every value and where it is from", () => {
    const text = configText(load(["-v"], { env: { MY_OS_SOCKET: "/b/os.sock" } }), "my-os-server-native");
    expect(text.split("\n")).toHaveLength(settingsOf("my-os-server-native").length + 1);
    expect(text).toContain('socket = "/b/os.sock"  # $MY_OS_SOCKET\n');
    expect(text).toContain("verbose = true  # --verbose\n");
    expect(text).toContain("sysroot = (unset)  # default\n");
  });
});
