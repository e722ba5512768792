import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Namespace } from "./namespace.js";

/** Answers every connection and datagram with a word and the address that it came from. */
const SERVER = `
import selectors, socket, sys
word, *ports = sys.argv[1:]
ready = selectors.DefaultSelector()
for port in map(int, ports):
    tcp = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True)
    udp = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    udp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    udp.bind(("::", port))
    for one in (tcp, udp): ready.register(one, selectors.EVENT_READ)
print("ready", flush=True)
kept = []
said = lambda peer: f"{word} {peer[0].removeprefix('::ffff:')}".encode()
while True:
    for key, _ in ready.select():
        one = key.fileobj
        if one.type == socket.SOCK_DGRAM:
            _, peer = one.recvfrom(100)
            one.sendto(said(peer), peer)
        elif one in kept:
            data = one.recv(100)
            if data: one.send(b"still")
            else:
                ready.unregister(one); kept.remove(one); one.close()
        else:
            connection, peer = one.accept()
            connection.send(said(peer))
            kept.append(connection); ready.register(connection, selectors.EVENT_READ)
`;

const CLIENT = `
import socket, sys
kind, address, port = sys.argv[1:]
family = socket.AF_INET6 if ":" in address else socket.AF_INET
one = socket.socket(family, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM)
one.settimeout(1.5)
try:
    one.connect((address, int(port)))
    if kind == "udp": one.send(b"x")
    print(one.recv(100).decode())
except OSError as error:
    print("nothing:", "timed out" if isinstance(error, TimeoutError) else error.strerror)
`;

/** Keeps a TCP connection and asks it again for each line that it is given. */
const HELD = `
import socket, sys
address, port = sys.argv[1:]
one = socket.create_connection((address, int(port)), timeout=3)
print(one.recv(100).decode(), flush=True)
for _ in sys.stdin:
    try:
        one.send(b"x")
        print(one.recv(100).decode() or "closed", flush=True)
    except OSError as error:
        print("nothing:", type(error).__name__, flush=True)
`;

/** A server on some ports, TCP and UDP, IPv4 and IPv6. */
export class Server {
  private constructor(private readonly child: ChildProcess) {}

  static async start(namespace: Namespace, word: string, ports: readonly number[]): Promise<Server> {
    const child = python(namespace, SERVER, [word, ...ports.map(String)]);
    await line(child);
    return new Server(child);
  }

  stop(): void {
    this.child.kill("SIGKILL");
  }
}

/** What a server says to a new connection or datagram: its word and the address that it sees; or "nothing: …". */
export function ask(namespace: Namespace, kind: "tcp" | "udp", address: string, port: number): string {
  return namespace.run("python3", "-c", CLIENT, kind, address, String(port)).toString().trim();
}

/** A TCP connection that stays. */
export class HeldConnection {
  private constructor(private readonly child: ChildProcess) {}

  static async open(namespace: Namespace, address: string, port: number): Promise<HeldConnection> {
    const child = python(namespace, HELD, [address, String(port)]);
    await line(child);
    return new HeldConnection(child);
  }

  /** Sends something: "still" where the connection goes on, "nothing: …" where it does not. */
  async again(): Promise<string> {
    this.child.stdin?.write("x\n");
    return line(this.child);
  }

  close(): void {
    this.child.kill("SIGKILL");
  }
}

function python(namespace: Namespace, program: string, args: readonly string[]): ChildProcess {
  const [command = "", ...words] = [...namespace.wrapper, "python3", "-c", program, ...args];
  return spawn(command, words, { stdio: ["pipe", "pipe", "inherit"] });
}

/** The next whole line: what is written in one go may come in pieces. */
async function line(child: ChildProcess): Promise<string> {
  const { stdout } = child;
  if (!stdout) throw new Error("the process has no output");
  for (let text = ""; ; ) {
    if (text.endsWith("\n")) return text.trim();
    const data: Buffer | null = stdout.read();
    if (data) text += data;
    else if (stdout.readableEnded) throw new Error("the process ended without an answer");
    else await Promise.race([once(stdout, "readable"), once(stdout, "end")]);
  }
}
