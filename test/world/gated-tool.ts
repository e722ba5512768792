import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

/** A tool of that name, first on PATH, that takes its device like the real one, waits at a gate, and then becomes the real one. */
export class GatedTool {
  private readonly gate: string;
  private readonly begun: string;
  readonly path: string;

  constructor(folder: string, tool: string, real: string) {
    const bin = join(folder, "bin");
    mkdirSync(bin, { recursive: true });
    this.gate = join(folder, `${tool}.gate`);
    this.begun = join(folder, `${tool}.begun`);
    writeFileSync(this.gate, "");
    // A script's own name is what /proc shows: `exec` only at the end.
    const script = [
      "#!/usr/bin/python3",
      "import os, sys, time",
      `fd = os.open(sys.argv[-1], os.O_RDWR | os.O_EXCL)`,
      `open(${JSON.stringify(this.begun)}, "w").close()`,
      `while os.path.exists(${JSON.stringify(this.gate)}): time.sleep(0.02)`,
      "os.close(fd)",
      `os.execv(${JSON.stringify(real)}, sys.argv)`,
    ];
    writeFileSync(join(bin, tool), `${script.join("\n")}\n`);
    chmodSync(join(bin, tool), 0o755);
    this.path = `${bin}:${process.env.PATH}`;
  }

  /** Waits until the tool has its device. */
  async hasBegun(): Promise<void> {
    for (let left = 500; !existsSync(this.begun); left -= 1) {
      if (left === 0) throw new Error("the tool was never started");
      await wait(20);
    }
  }

  open(): void {
    rmSync(this.gate, { force: true });
  }
}
