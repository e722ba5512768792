import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { ConnectOptions } from "../../sdk/options.js";
import { nearest } from "../words/nearest.js";
import { type GlobalFlag, type GlobalName, type Globals, globals } from "./globals.js";
import { UsageError } from "./usage.js";

type Environment = Readonly<Record<string, string | undefined>>;

/** The port that a daemon is asked on where `--host` names none. */
const DEFAULT_PORT = 7443;

/** What decides the connection; a context may hold each of these. */
export const placeNames = [
  "socket",
  "host",
  "ca-file",
  "cert-file",
  "cert-key-file",
  "key-file",
  "token-file",
  "public-key",
] as const satisfies readonly GlobalName[];

/** Flags over the environment over the context that is named, or the file's own `current`. */
export async function connectionOf(given: Globals, env: Environment): Promise<ConnectOptions<"exact">> {
  const chosen = (name: GlobalName) => {
    const row: GlobalFlag = globals[name];
    return given[name] ?? ((row.env && env[row.env]) || undefined);
  };
  const context = await contextOf(chosen("context"), env);
  // A socket that is asked for is not overruled by a context's host, nor the other way round.
  const named = Object.fromEntries(placeNames.map((name) => [name, chosen(name)]));
  const placed = named.socket !== undefined || named.host !== undefined;
  const value = (name: (typeof placeNames)[number]) =>
    named[name] ?? (placed && (name === "socket" || name === "host") ? undefined : context[name]);
  const timeout = given.timeout === undefined ? undefined : seconds(given.timeout);
  const options = {
    socket: value("socket"),
    url: urlOf(value("host")),
    caFile: value("ca-file"),
    certFile: value("cert-file"),
    certKeyFile: value("cert-key-file"),
    keyFile: value("key-file"),
    token: tokenIn(value("token-file")),
    publicKey: value("public-key"),
    timeoutMs: timeout,
  };
  return { integers: "exact", ...Object.fromEntries(Object.entries(options).filter(([, one]) => one !== undefined)) };
}

function seconds(text: string): number {
  const amount = Number(text);
  if (!(amount > 0) || amount > 86_400)
    throw new UsageError(`--timeout: seconds are wanted, up to 86400, not ${JSON.stringify(text)}`);
  return Math.round(amount * 1000);
}

function urlOf(host: string | undefined): string | undefined {
  if (host === undefined) return undefined;
  const bare = host.replace(/^https:\/\//, "").replace(/\/$/, "");
  if (!/^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9][A-Za-z0-9.-]*)(:\d{1,5})?$/.test(bare)) {
    throw new UsageError(
      `--host: a host and perhaps a port are wanted, not ${JSON.stringify(host)}`,
      "such as node1.example:7443",
    );
  }
  return `https://${/:\d+$/.test(bare.replace(/^\[.*\]/, "")) ? bare : `${bare}:${DEFAULT_PORT}`}`;
}

const tokenIn = (file: string | undefined): string | undefined =>
  file === undefined ? undefined : readFileSync(file, "utf8").trim();

type Context = Readonly<Partial<Record<(typeof placeNames)[number], string>>>;

/** `[context.NAME]` of the config file; its keys are the flags' names, with `_` for `-`. */
async function contextOf(name: string | undefined, env: Environment): Promise<Context> {
  const file =
    env.MY_OS_CTL_CONFIG ||
    join(env.XDG_CONFIG_HOME || join(env.HOME || homedir(), ".config"), "my_os_server", "ctl.toml");
  const config = await configIn(file);
  const wanted = name ?? (typeof config?.current === "string" ? config.current : undefined);
  if (wanted === undefined) return {};
  const all = isTable(config?.context) ? config.context : {};
  const found = Object.hasOwn(all, wanted) ? all[wanted] : undefined;
  if (!isTable(found)) {
    const meant = nearest(wanted, Object.keys(all));
    throw new UsageError(`${file} has no context \`${wanted}\``, meant && `did you mean ${meant}?`);
  }
  return checkedContext(found, `${file}: context.${wanted}`);
}

function checkedContext(table: Readonly<Record<string, unknown>>, where: string): Context {
  const entries = Object.entries(table).map(([key, value]) => {
    const name = placeNames.find((one) => one.replaceAll("-", "_") === key);
    if (name === undefined)
      throw new UsageError(
        `${where} has \`${key}\`, which is nothing`,
        `there are ${placeNames.map((one) => one.replaceAll("-", "_")).join(", ")}`,
      );
    if (typeof value !== "string") throw new UsageError(`${where}.${key}: a text is wanted`);
    return [name, value.replace(/^~(?=\/)/, homedir())] as const;
  });
  return Object.fromEntries(entries);
}

async function configIn(file: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  const { parse } = await import("smol-toml");
  try {
    return parse(text);
  } catch (error) {
    throw new UsageError(`${file}: ${error instanceof Error ? error.message.split("\n")[0] : error}`);
  }
}

const isTable = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
