import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const HOLD = `
import fcntl, os, sys, time
path, how = sys.argv[1:]
flags = {"exclusive": os.O_RDONLY | os.O_EXCL, "writing": os.O_RDWR, "reading": os.O_RDONLY, "locked": os.O_RDONLY}[how]
fd = os.open(path, flags)
if how == "locked":
    fcntl.flock(fd, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(600)
`;

/** A process of another program that keeps a device open, or locked. */
export class DeviceHolder {
  private constructor(private readonly child: ChildProcess) {}

  static async open(path: string, how: "exclusive" | "writing" | "reading" | "locked"): Promise<DeviceHolder> {
    const child = spawn("python3", ["-c", HOLD, path, how], { stdio: ["ignore", "pipe", "inherit"] });
    const lines = createInterface({ input: child.stdout });
    await once(lines, "line");
    return new DeviceHolder(child);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  async close(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await gone;
  }
}
