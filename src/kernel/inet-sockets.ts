import type { Files } from "./files.js";
import { formatIpv4, formatIpv6 } from "./ip-address.js";
import type { IpFamily } from "./net-model.js";

/** An established TCP connection of this network namespace. */
export interface TcpConnection {
  readonly family: IpFamily;
  readonly local: string;
  readonly localPort: number;
  readonly remote: string;
  readonly remotePort: number;
  readonly inode: string;
}

/** A socket that takes connections, or datagrams from anybody. */
export interface Listener {
  readonly protocol: "tcp" | "udp";
  readonly family: IpFamily;
  /** `0.0.0.0` or `::` for every address; a socket on `::` may serve IPv4 too. */
  readonly local: string;
  readonly localPort: number;
}

const ESTABLISHED = "01";
/** The state of a socket without a peer. */
const WAITING = { tcp: "0A", udp: "07" } as const;
const SSH_PORT = 22;
/** Programs that serve SSH; newer releases of OpenSSH have a program of its own for a session. */
const SSH_SERVERS: ReadonlySet<string> = new Set(["sshd", "sshd-session", "dropbear"]);

/** The kernel prints an address as words of its own byte order. */
function addressOf(hex: string): { family: IpFamily; text: string } {
  const bytes = Buffer.from(hex, "hex");
  if (new Uint8Array(new Uint16Array([1]).buffer)[0] === 1) bytes.swap32();
  if (bytes.length === 4) return { family: "inet", text: formatIpv4(bytes, 0) };
  const isMapped = bytes.subarray(0, 10).every((byte) => byte === 0) && bytes.readUInt16BE(10) === 0xffff;
  if (isMapped) return { family: "inet", text: formatIpv4(bytes, 12) };
  return { family: "inet6", text: formatIpv6(bytes, 0) };
}

/** Reads the sockets of one state out of `/proc/net/tcp` and the like; a malformed line is none. */
function parseSockets(text: string, wanted: string): TcpConnection[] {
  const sockets: TcpConnection[] = [];
  for (const line of text.split("\n").slice(1)) {
    const [, local = "", remote = "", state, , , , , , inode = ""] = line.trim().split(/\s+/);
    const [[localAddress = "", localPort = ""], [remoteAddress = "", remotePort = ""]] = [
      local.split(":"),
      remote.split(":"),
    ];
    if (state !== wanted || ![8, 32].includes(localAddress.length)) continue;
    const [near, far] = [addressOf(localAddress), addressOf(remoteAddress)];
    sockets.push({
      family: near.family,
      local: near.text,
      localPort: Number.parseInt(localPort, 16),
      remote: far.text,
      remotePort: Number.parseInt(remotePort, 16),
      inode,
    });
  }
  return sockets;
}

/** The established connections of a table such as `/proc/net/tcp`. */
export const parseTcp = (text: string): TcpConnection[] => parseSockets(text, ESTABLISHED);

/** The sockets of this network namespace that wait for whoever comes, both families. */
export async function listeners(files: Files, protocol: "tcp" | "udp"): Promise<Listener[]> {
  const texts = await Promise.all(["", "6"].map((suffix) => files.readIfThere(`/proc/net/${protocol}${suffix}`)));
  const waiting = texts.flatMap((text) => parseSockets(text ?? "", WAITING[protocol]));
  return waiting.map(({ family, local, localPort }) => ({ protocol, family, local, localPort }));
}

/** The established TCP connections of this network namespace, both families. */
export async function established(files: Files): Promise<TcpConnection[]> {
  const texts = await Promise.all(["tcp", "tcp6"].map((table) => files.readIfThere(`/proc/net/${table}`)));
  return texts.flatMap((text) => parseTcp(text ?? ""));
}

/** The sockets that SSH servers have open, by inode. */
async function sshSockets(files: Files): Promise<ReadonlySet<string>> {
  const inodes = new Set<string>();
  for (const pid of (await files.list("/proc")).filter((name) => /^[0-9]+$/.test(name))) {
    const command = (await files.readIfThere(`/proc/${pid}/comm`).catch(() => undefined))?.trim() ?? "";
    if (!SSH_SERVERS.has(command)) continue;
    for (const fd of await files.listIfThere(`/proc/${pid}/fd`).catch(() => [])) {
      const target = await files.link(`/proc/${pid}/fd/${fd}`).catch(() => undefined);
      const inode = /^socket:\[([0-9]+)\]$/.exec(target ?? "")?.[1];
      if (inode !== undefined) inodes.add(inode);
    }
  }
  return inodes;
}

const isLoopback = ({ remote }: TcpConnection): boolean => remote.startsWith("127.") || remote === "::1";

/** Established SSH sessions from other machines: connections to port 22, and to whatever port an SSH server answers. */
export async function inboundSsh(files: Files): Promise<TcpConnection[]> {
  const all = (await established(files)).filter((connection) => !isLoopback(connection));
  if (all.every(({ localPort }) => localPort === SSH_PORT)) return all;
  const inodes = await sshSockets(files);
  return all.filter(({ localPort, inode }) => localPort === SSH_PORT || inodes.has(inode));
}
