import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Integers } from "../generated/client.gen.js";

/** Where the daemon is and who asks. Everything may be left out on the node itself. */
export interface ConnectOptions<I extends Integers = "number"> {
  /** The daemon's Unix socket. By default `$MY_OS_SOCKET`, else where the daemons make it. */
  readonly socket?: string;
  /** A remote daemon: `https://host:port`. */
  readonly url?: string;
  /** Certificates (PEM) of the authorities to trust instead of the system's, and the file that holds them. */
  readonly ca?: string | Buffer;
  readonly caFile?: string;
  /** A client certificate and its private key (PEM), and the files that hold them. */
  readonly cert?: string | Buffer;
  readonly certFile?: string;
  readonly certKey?: string | Buffer;
  readonly certKeyFile?: string;
  /** The name to expect in the server's certificate where it is not the host of `url`. */
  readonly serverName?: string;
  /** A bearer token. */
  readonly token?: string;
  /** An Ed25519 private key (PEM), or the file that holds it: every request is signed with it. */
  readonly key?: string | Buffer;
  readonly keyFile?: string;
  /** The node that signed requests are for; by default the daemon is asked. */
  readonly node?: string;
  /** A public key (hex) that is told and not proven: daemons believe it of root and of users whom they trust. */
  readonly publicKey?: string;
  /** What 64-bit integers come as: `"number"` (the default) rounds beyond 2^53 - 1, `"exact"` gives `bigint` there. */
  readonly integers?: I;
  /** Milliseconds to wait for each answer; by default what the method may take by the specification, and 5 s more. */
  readonly timeoutMs?: number;
  /** Most connections at once; default 8. */
  readonly maxConnections?: number;
  /** How often a read is asked again after `overloaded` or a lost connection; default 2. Writes never are. */
  readonly retries?: number;
}

/** A daemon's address, with what TLS needs. */
export type Address =
  | { readonly socketPath: string }
  | {
      readonly host: string;
      readonly port: number;
      /** As the `Host` header says it. */
      readonly authority: string;
      readonly tls: Readonly<Record<"ca" | "cert" | "key" | "servername", string | Buffer | undefined>>;
    };

const SOCKET_NAME = "hero_db_root_os.sock";
const HTTPS_PORT = 443;

/** Where the options say that the daemon is; throws a `TypeError` for what no daemon's address is. */
export function addressOf(options: ConnectOptions<Integers>): Address {
  const { url, socket } = options;
  if (url !== undefined && socket !== undefined) throw new TypeError("connect: `url` and `socket` exclude each other");
  if (url === undefined) return { socketPath: socket ?? defaultSocket() };
  const { protocol, hostname, host, port, pathname } = parsedUrl(url);
  if (protocol !== "https:") throw new TypeError(`connect: ${protocol}// is not spoken; remote daemons speak https://`);
  if (pathname !== "/") throw new TypeError(`connect: the url has a path (${pathname}); only host and port are wanted`);
  return {
    host: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? HTTPS_PORT : Number(port),
    authority: host,
    tls: {
      ca: options.ca ?? fileAt(options.caFile),
      cert: options.cert ?? fileAt(options.certFile),
      key: options.certKey ?? fileAt(options.certKeyFile),
      servername: options.serverName,
    },
  };
}

function parsedUrl(url: string): URL {
  try {
    return new URL(url);
  } catch (cause) {
    throw new TypeError(`connect: ${JSON.stringify(url)} is no URL`, { cause });
  }
}

/** The socket that the daemons make: the variables', the service's where it is there, else the user's own. */
export function defaultSocket(env: Readonly<Record<string, string | undefined>> = process.env): string {
  if (env.MY_OS_SOCKET) return env.MY_OS_SOCKET;
  if (env.HERO_SOCKET_DIR) return join(env.HERO_SOCKET_DIR, SOCKET_NAME);
  const service = join("/run/my_os_server", SOCKET_NAME);
  return existsSync(service) ? service : join(env.HOME || homedir(), "hero/var/sockets", SOCKET_NAME);
}

export const fileAt = (path: string | undefined): Buffer | undefined =>
  path === undefined ? undefined : readFileSync(path);
