import { wrongConfig } from "../config/exit.js";
import { defaultAccess } from "../rpc/access.js";
import { AccessInForce } from "../rpc/acl/in-force.js";
import { loadAccessList } from "../rpc/acl/load.js";
import { problemsText } from "../rpc/acl/problems.js";
import { publicKey } from "../rpc/acl/public-key.js";
import { identifyByList, identifyWithoutList } from "../rpc/credentials.js";
import type { Identify } from "../rpc/identity.js";
import type { Log } from "../rpc/log.js";
import { VerificationBudget } from "../rpc/signature/budget.js";
import { SignatureGate } from "../rpc/signature/gate.js";
import { NonceStore } from "../rpc/signature/nonces.js";
import { Window } from "../rpc/signature/window.js";

/** The access list of the start, for as long as the process lives; throws `StartRefused` with all that is wrong in it. */
export function accessListIn(file: string): AccessInForce {
  const load = () => loadAccessList(file);
  const judged = load();
  if (!judged.ok) throw wrongConfig(`the access list is not good:\n${problemsText(file, judged.problems)}`);
  return new AccessInForce(judged.value, load);
}

/** SIGHUP loads the access list again. A file that is not good changes nothing, and the log says all that is wrong. */
export function reloadOnHangup(file: string | undefined, inForce: AccessInForce | undefined, log: Log): void {
  process.on("SIGHUP", () => {
    if (file === undefined || inForce === undefined) return log.info("SIGHUP: there is no access list to load again");
    const problems = inForce.reload();
    if (problems.length === 0) return log.info("access list loaded again", { file, keys: inForce.list.size });
    for (const { path, line, column, reason, nearest } of problems)
      log.error("a problem in the access list", { file, line, column, path: path || undefined, reason, nearest });
    log.error("access list not loaded again, the earlier one stays in force", { file, problems: problems.length });
  });
}

/** A verification takes 0.1 ms of the one thread: 50 a second are half a percent of it for each user. */
const VERIFICATIONS = { burst: 100, perSecond: 50, peers: 4096 };
/** Two minutes of 68 signed calls a second for each key, in about 1 MiB. */
const NONCES = { perKey: 8192 };

/** Who calls on the Unix socket of the node; without an access list nobody has a name. */
export function identifyOn(node: string, inForce: AccessInForce | undefined): Identify {
  if (inForce === undefined) return identifyWithoutList(defaultAccess);
  const isNamed = (key: string) => inForce.list.knows(key);
  const window = new Window();
  const gate = new SignatureGate({
    // Keys of the list were judged when it was loaded.
    rules: { node, transport: "unix", window, isSound: (key) => isNamed(key) || "value" in publicKey(key) },
    nonces: new NonceStore(NONCES, window),
    budget: new VerificationBudget(VERIFICATIONS),
    isNamed,
  });
  return identifyByList(inForce, gate);
}
