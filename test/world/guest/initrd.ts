import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

/** Writes a first filesystem: busybox, the modules that the first steps need, and the scripts beside this file. */
export function writeInitrd(file: string, modules: readonly string[]): void {
  const tree = `${file}.tree`;
  for (const folder of ["bin", "proc", "sys", "dev", "modules"]) mkdirSync(join(tree, folder), { recursive: true });
  copyFileSync("/bin/busybox", join(tree, "bin/busybox"));
  for (const module of modules) copyFileSync(module, join(tree, "modules", basename(module)));
  const order = [...new Set(modules)].map((module) => `/modules/${basename(module)}\n`);
  writeFileSync(join(tree, "modules.order"), order.join(""));
  for (const name of ["start.sh", "agent.service"]) copyFileSync(join(import.meta.dirname, name), join(tree, name));
  copyFileSync(join(import.meta.dirname, "init.sh"), join(tree, "init"));
  chmodSync(join(tree, "init"), 0o755);
  execFileSync("sh", ["-c", `cd "$1" && find . | busybox cpio -o -H newc > "$2"`, "sh", tree, file], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  rmSync(tree, { recursive: true });
}
