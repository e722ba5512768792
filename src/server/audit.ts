import { constants, openSync } from "node:fs";
import { join } from "node:path";
import type { Settings } from "../config/settings.js";
import { Audit } from "../rpc/audit.js";
import type { Log } from "../rpc/log.js";
import { AuditFile } from "./audit-file.js";
import type { Degradation } from "./pages.js";

const STDOUT = 1;

interface DaemonAudit {
  readonly audit: Audit;
  /** What keeps it from being written, for readers of `/health`. */
  trouble(): readonly Degradation[];
}

/**
 * A pipe is opened anew, so that one that nobody reads makes writing fail and not wait; a socket, such as the journal's,
 * cannot be.
 */
function standardOutput(): number {
  try {
    return openSync("/dev/stdout", constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK);
  } catch {
    return STDOUT;
  }
}

/** The audit that the settings ask for. Without one that can be written the daemon starts all the same: it reads. */
export function auditOf(settings: Pick<Settings, "audit" | "audit_max_bytes" | "state_dir">, log: Log): DaemonAudit {
  const file = settings.audit ?? join(settings.state_dir, "audit.log");
  if (file === "none") {
    log.warn("there is no audit: nobody will know who changed what");
    return { audit: new Audit({ obstacle: () => undefined, append: () => {} }), trouble: () => [] };
  }
  const sink = new AuditFile(
    { target: file === "-" ? standardOutput() : file, maxBytes: settings.audit_max_bytes },
    log,
  );
  const audit = new Audit(sink);
  audit.started();
  process.once("exit", () => audit.close());
  return { audit, trouble: () => (sink.trouble === undefined ? [] : [{ part: "audit", reason: sink.trouble }]) };
}
