import { type ChildProcessByStdio, spawn } from "node:child_process";
import { on, once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** Listens as a service manager does, the sender's process id included, and prints a JSON line a message. */
const LISTENER = `
import json, socket, struct, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
s.bind(sys.argv[1].replace("@", "\\0", 1))
print("{}", flush=True)
while True:
    data, credentials, _, _ = s.recvmsg(8192, 64)
    pid = struct.unpack("iii", credentials[0][2])[0]
    print(json.dumps({"pid": pid, "state": dict(line.split("=", 1) for line in data.decode().split("\\n"))}), flush=True)
`;

export interface Told {
  readonly pid: number;
  readonly state: Readonly<Record<string, string>>;
}

/** A stand-in for systemd's end of the notification socket. */
export class Manager {
  /** All messages so far. */
  readonly heard: Told[] = [];

  private constructor(
    private readonly listener: ChildProcessByStdio<null, Readable, null>,
    private readonly lines: ReturnType<typeof createInterface>,
  ) {}

  /** `address`: a path, or `@` and an abstract name. */
  static async at(address: string): Promise<Manager> {
    const listener = spawn("python3", ["-c", LISTENER, address], { stdio: ["ignore", "pipe", "inherit"] });
    const manager = new Manager(listener, createInterface({ input: listener.stdout }));
    await once(manager.lines, "line");
    manager.lines.on("line", (line) => manager.heard.push(JSON.parse(line)));
    return manager;
  }

  /** The first message that has all of `names`, among those after the first `skip`. */
  async hears(names: readonly string[], skip = 0): Promise<Told> {
    const lines = on(this.lines, "line");
    for (;;) {
      const found = this.heard.slice(skip).find(({ state }) => names.every((name) => name in state));
      if (found) return found;
      await lines.next();
    }
  }

  async close(): Promise<void> {
    const gone = once(this.listener, "exit");
    this.listener.kill();
    await gone;
  }
}
