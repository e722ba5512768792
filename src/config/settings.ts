import { homedir } from "node:os";
import { join } from "node:path";
import { type HostPort, hostPort, integer, type Kind, names, oneOf, openPorts, path, pathOr, toggle } from "./kinds.js";

export type Environment = Readonly<Record<string, string | undefined>>;

/** The daemons that read their settings here. */
export type Program = "my-os-server-native" | "my-os-server-mos" | "my-os-upstream-standin";

/** One setting: the command line, the environment, the file, `--help` and `--print-config` all come from this row. */
export interface Setting<T> {
  readonly kind: Kind<T>;
  readonly help: string;
  /** Its place in the configuration file, such as `limits.body_bytes`; absent where a file cannot set it. */
  readonly toml?: string;
  /** Its one-letter flag. */
  readonly short?: string;
  /** The daemons that have it; absent where all have. */
  readonly only?: readonly Program[];
  /** A variable of other programs that also decides it, after our own. */
  readonly alsoEnv?: { readonly name: string; readonly value: (text: string) => string };
  readonly default: (env: Environment, uid: number, program: Program) => T;
}

const SOCKET_NAME = "hero_db_root_os.sock";
const socketIn = (folder: string | undefined, env: Environment, name: string): string =>
  join(folder || join(env.HOME || homedir(), "hero/var/sockets"), name);
export const DEFAULT_CONFIG_FILE = "/etc/my_os_server/config.toml";

const MiB = 1024 * 1024;
const setting = <T>(row: Setting<T>): Setting<T> => row;
const upstreamSocket = (toml: string, name: string, domain: string): Setting<string> =>
  setting({
    kind: path,
    only: ["my-os-server-mos", "my-os-upstream-standin"],
    toml: `upstream.${toml}`,
    default: (env) => socketIn(env.HERO_SOCKET_DIR, env, name),
    help: `Unix socket of the daemon that answers ${domain}.* on a MOS node. $HERO_SOCKET_DIR names its folder.`,
  });
const limit = (toml: string, value: number, minimum: number, maximum: number, help: string): Setting<number> =>
  setting({ kind: integer(minimum, maximum), toml: `limits.${toml}`, default: () => value, help });

/** Every setting of the daemon. `name` is the flag `--na-me`, the variable `MY_OS_NAME`. */
export const settings = {
  socket: setting({
    kind: path,
    toml: "socket",
    alsoEnv: { name: "HERO_SOCKET_DIR", value: (folder) => join(folder, SOCKET_NAME) },
    default: (env) => socketIn(undefined, env, SOCKET_NAME),
    help: "Unix socket to listen on; at most 107 bytes. $HERO_SOCKET_DIR names its folder.",
  }),
  state_dir: setting({
    kind: path,
    toml: "state_dir",
    default: (env, uid) => {
      if (uid === 0) return "/var/lib/my_os_server";
      return join(env.XDG_STATE_HOME || join(env.HOME || homedir(), ".local/state"), "my_os_server");
    },
    help: "Folder for what must survive a restart; one daemon a folder.",
  }),
  acl: setting<string | undefined>({
    kind: path,
    toml: "acl",
    default: () => undefined,
    help: "Access list: who may do what, TOML. Without it local callers may read. SIGHUP loads it again.",
  }),
  listen: setting<HostPort | undefined>({
    kind: hostPort,
    toml: "tls.listen",
    default: () => undefined,
    help: "Listen on the network as well, with TLS 1.3: an address or a host and a port, such as [::]:7443.",
  }),
  tls_certificate: setting<string | undefined>({
    kind: path,
    toml: "tls.certificate",
    default: () => undefined,
    help: "The certificate for --listen, and behind it its chain, PEM. SIGHUP loads it again, and so does a change.",
  }),
  tls_key: setting<string | undefined>({
    kind: path,
    toml: "tls.key",
    default: () => undefined,
    help: "The certificate's private key, PEM.",
  }),
  tls_client_ca: setting<string | undefined>({
    kind: path,
    toml: "tls.client_ca",
    default: () => undefined,
    help: "Authorities that client certificates must come from, PEM. Without it the access list alone decides.",
  }),
  tls_names: setting<readonly string[] | undefined>({
    kind: names,
    toml: "tls.names",
    default: () => undefined,
    help: "The hosts that requests over TLS may name. Default: those of the certificate.",
  }),
  audit: setting<string | undefined>({
    kind: pathOr("-", "none"),
    toml: "audit.file",
    default: () => undefined,
    help: "Who did what, a JSON line each: a file, `-` for standard output, or `none`. Default: audit.log in the state folder.",
  }),
  audit_max_bytes: setting({
    kind: integer(4096, 1024 * 1024 * MiB),
    toml: "audit.max_bytes",
    default: () => 16 * MiB,
    help: "Size at which the audit file is put aside as `.1`, in bytes; five of them are kept.",
  }),
  sysroot: setting<string | undefined>({
    kind: path,
    toml: "sysroot",
    default: () => undefined,
    help: "Read /proc, /sys, /etc, /run and /dev beneath this folder (a recorded machine).",
  }),
  check_results: setting({
    kind: toggle,
    toml: "check_results",
    only: ["my-os-server-native", "my-os-server-mos"],
    // What upstream daemons answer is not ours, so nobody else would notice.
    default: (_env, _uid, program) => program === "my-os-server-mos",
    help: "Check every result against the specification: my-os-server-native withholds one that does not fit; my-os-server-mos, where this is on by itself, passes it on, counts it and logs it once a method.",
  }),
  firewall_input_policy: setting({
    kind: oneOf("accept", "drop"),
    only: ["my-os-server-native"],
    toml: "firewall.input_policy",
    default: () => "accept" as const,
    help: "What happens to packets to this node that no rule lets in. `drop` shuts everything but answers, loopback, ICMP, DHCP and --firewall-always-allow.",
  }),
  firewall_always_allow: setting<readonly string[]>({
    kind: openPorts,
    only: ["my-os-server-native"],
    toml: "firewall.always_allow",
    default: () => ["tcp/22"],
    help: "Ports that stay open with `--firewall-input-policy drop`. Default: tcp/22.",
  }),
  firewall_accept_mark: setting<number | undefined>({
    kind: integer(1, 0xffff_ffff),
    only: ["my-os-server-native"],
    toml: "firewall.accept_mark",
    default: () => undefined,
    help: "Packet mark that our allow rules set, for other firewalls to accept by. Default: none.",
  }),
  net_socket: upstreamSocket("net_socket", "hero_db_root_mosnet.sock", "net"),
  vol_socket: upstreamSocket("vol_socket", "hero_db_root_storage.sock", "vol"),
  proxy_validate: setting({
    kind: oneOf("on", "off"),
    only: ["my-os-server-mos"],
    toml: "upstream.validate",
    default: () => "on" as const,
    help: "Whether parameters are checked before they are passed on; `off` is for upstream daemons whose parameters differ.",
  }),
  config: setting<string | undefined>({
    kind: path,
    default: () => undefined,
    help: `Configuration file, TOML. Without it ${DEFAULT_CONFIG_FILE} is read if present.`,
  }),
  verbose: setting({
    kind: toggle,
    short: "v",
    toml: "log.verbose",
    default: () => false,
    help: "Log every call.",
  }),
  log_format: setting({
    kind: oneOf("auto", "human", "json"),
    toml: "log.format",
    default: () => "auto" as const,
    help: "Form of the log on standard error; `auto` is human on a terminal and JSON elsewhere.",
  }),
  limit_body_bytes: limit("body_bytes", MiB, 1024, 1024 * MiB, "Longest request body, in bytes."),
  limit_stranger_body_bytes: limit(
    "stranger_body_bytes",
    64 * 1024,
    1024,
    1024 * MiB,
    "Longest request body of a caller over the network who is not in the access list, in bytes.",
  ),
  limit_batch: limit("batch", 1000, 1, 100_000, "Most calls in one batch."),
  limit_response_bytes: limit("response_bytes", 64 * MiB, 1024, 512 * MiB, "Longest response, in bytes."),
  limit_header_bytes: limit("header_bytes", 16 * 1024, 1024, MiB, "Longest request head, in bytes."),
  limit_header_seconds: limit("header_seconds", 5, 1, 3600, "Seconds in which a request's head must arrive."),
  limit_request_seconds: limit("request_seconds", 30, 1, 3600, "Seconds in which a whole request must arrive."),
  limit_keep_alive_seconds: limit("keep_alive_seconds", 75, 1, 86_400, "Seconds that an idle connection is kept."),
  limit_requests: limit(
    "requests",
    8192,
    1,
    1_000_000,
    "Most requests at once that are not answered yet, those that wait for their turn included, of each listener.",
  ),
  limit_connections: limit("connections", 1024, 1, 65_536, "Most connections at once, of each listener."),
  limit_connections_per_address: limit(
    "connections_per_address",
    128,
    1,
    65_536,
    "Most connections at once over the network from one address, or from one /64 of IPv6.",
  ),
  limit_calls: limit(
    "calls",
    256,
    1,
    65_536,
    "Most calls running at once; with my-os-server-mos, for each of the two daemons behind it.",
  ),
  limit_calls_per_peer: limit("calls_per_peer", 32, 1, 65_536, "Most calls running at once for one user or address."),
};

export type SettingName = keyof typeof settings;
export type Settings = { readonly [N in SettingName]: (typeof settings)[N] extends Setting<infer T> ? T : never };

export const settingNames = Object.keys(settings).filter((name): name is SettingName => Object.hasOwn(settings, name));
/** Every setting as it is where nobody sets it. */
export const defaultSettings = (env: Environment, uid: number, program: Program): Settings =>
  // Each value is its own row's default, which is what `Settings` is made of.
  Object.fromEntries(settingNames.map((name) => [name, settings[name].default(env, uid, program)])) as Settings;

/** The settings that one daemon has; a file that all share may hold the others' too. */
export const settingsOf = (program: Program): SettingName[] =>
  settingNames.filter((name) => {
    const { only }: Setting<unknown> = settings[name];
    return only === undefined || only.includes(program);
  });
export const flagOf = (name: string): string => name.replaceAll("_", "-");
export const variableOf = (name: string): string => `MY_OS_${name.toUpperCase()}`;

export type Action = "print_config" | "version" | "help";

/** What the daemon does instead of running. */
export const actions: Readonly<Record<Action, { readonly short?: string; readonly help: string }>> = {
  print_config: { help: "Print every setting with its value and origin, and end." },
  version: { help: "Print the version, and end." },
  help: { short: "h", help: "Print this, and end." },
};
