import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Daemon } from "./daemon.js";
import type { Namespace } from "./namespace.js";

/** A daemon inside a namespace whose local callers may do everything; every answer is checked against the specification. */
export async function adminDaemon(
  namespace: Namespace,
  flags: readonly string[] = [],
  wrapper: readonly string[] = [],
): Promise<Daemon> {
  const folder = mkdtempSync(join(tmpdir(), "mos-t-acl-"));
  try {
    const acl = join(folder, "acl.toml");
    writeFileSync(acl, '[policy]\nanonymous_local = "admin"\n');
    return await Daemon.start(["--acl", acl, "--check-results", ...flags], [...namespace.wrapper, ...wrapper]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A call's result; throws where it answers an error. */
export async function result<T>(daemon: Daemon, method: string, params: object = {}): Promise<T> {
  const answer = await daemon.call(method, params);
  if (answer.error) throw new Error(`${method}: ${JSON.stringify(answer.error)}`);
  return answer.result as T;
}
