import { wrongConfig } from "../config/exit.js";
import { defaultAccess } from "../rpc/access.js";
import { AccessInForce } from "../rpc/acl/in-force.js";
import { loadAccessList } from "../rpc/acl/load.js";
import { problemsText } from "../rpc/acl/problems.js";
import { publicKey } from "../rpc/acl/public-key.js";
import { identifyByList, identifyWithoutList } from "../rpc/credentials.js";
import type { Identify } from "../rpc/identity.js";
import type { Log } from "../rpc/log.js";
import type { Sender } from "../rpc/sender.js";
import { VerificationBudget } from "../rpc/signature/budget.js";
import { SignatureGate } from "../rpc/signature/gate.js";
import { NonceStore } from "../rpc/signature/nonces.js";
import { Window } from "../rpc/signature/window.js";
import type { Degradation } from "./pages.js";

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

/** Who calls on each kind of listener; without an access list nobody has a name. */
export function identifiers(node: string, inForce: AccessInForce | undefined): Record<Sender["transport"], Identify> {
  if (inForce === undefined) {
    const identify = identifyWithoutList(defaultAccess);
    return { unix: identify, tls: identify };
  }
  const isNamed = (key: string) => inForce.list.knows(key);
  const window = new Window();
  // One of each: what was used on one listener is used up on the other too.
  const nonces = new NonceStore(NONCES, window);
  const budget = new VerificationBudget(VERIFICATIONS);
  const identifyOn = (transport: Sender["transport"]) => {
    // Keys of the list were judged when it was loaded.
    const rules = { node, transport, window, isSound: (key: string) => isNamed(key) || "value" in publicKey(key) };
    return identifyByList(inForce, new SignatureGate({ rules, nonces, budget, isNamed }));
  };
  return { unix: identifyOn("unix"), tls: identifyOn("tls") };
}

/** What is wrong with the access list in force, for readers of `/health`. */
export function accessTrouble(inForce: AccessInForce | undefined): readonly Degradation[] {
  const [first, ...more] = inForce?.refused ?? [];
  if (first === undefined) return [];
  const where = first.line === undefined ? "" : `line ${first.line}: `;
  const others = more.length === 0 ? "" : ` (and ${more.length} more)`;
  const reason = `not loaded again, the earlier one is in force: ${where}${first.path} ${first.reason}${others}`;
  return [{ part: "access list", reason }];
}
