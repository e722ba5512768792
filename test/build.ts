import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** Suites that start processes run the built daemon: a stale one would be tested in place of the code at hand. */
export default function build(): void {
  const root = join(import.meta.dirname, "..");
  execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", root], { stdio: "inherit" });
}
