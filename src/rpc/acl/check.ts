import type { Right } from "../../../generated/methods.gen.js";
import type { AclDocument } from "./document.js";
import { rightsOfKeys } from "./groups.js";
import { judgeFile, type LoadOptions } from "./load.js";
import { type AclProblem, problemsText } from "./problems.js";
import { rights } from "./rights.js";
import { warningsOf } from "./warnings.js";

/** What a check of an access list's file found; its JSON is what `acl check --json` prints. */
export type AclReport =
  | { readonly file: string; readonly ok: false; readonly problems: readonly AclProblem[] }
  | ({ readonly file: string; readonly ok: true; readonly warnings: readonly string[] } & AclSummary);

/** What a good access list comes to. */
interface AclSummary {
  readonly anonymous_local: Right;
  readonly anonymous_remote: Right;
  /** The keys that an ace reaches, highest right first. */
  readonly rights: readonly { readonly key: string; readonly right: Right }[];
  readonly groups: number;
  readonly tokens: number;
  readonly certificates: number;
  readonly trusted_uids: readonly number[];
}

/** Checks an access list's file as the daemon does at its start. `now` is in milliseconds since 1970. */
export function checkAcl(file: string, options: LoadOptions & { readonly now?: number } = {}): AclReport {
  const judged = judgeFile(file, options);
  if (!judged.ok) return { file, ok: false, problems: judged.problems };
  const warnings = warningsOf(judged.value, options.now ?? Date.now());
  return { file, ok: true, warnings, ...summaryOf(judged.value) };
}

function summaryOf({ groups, aces, policy, tokens, certificates }: AclDocument): AclSummary {
  const granted = [...rightsOfKeys(groups, aces)].map(([key, right]) => ({ key, right }));
  const level = (right: Right) => rights.indexOf(right);
  return {
    anonymous_local: policy.anonymousLocal,
    anonymous_remote: policy.anonymousRemote,
    rights: granted.sort((a, b) => level(b.right) - level(a.right) || (a.key < b.key ? -1 : 1)),
    groups: groups.length,
    tokens: tokens.length,
    certificates: certificates.length,
    trusted_uids: policy.trustedUids.map(({ value }) => value),
  };
}

/** The report for people: what is wrong and where, or who has which right. */
export function aclReportText(report: AclReport): string {
  const { file } = report;
  if (!report.ok) {
    const count = report.problems.length === 1 ? "1 problem" : `${report.problems.length} problems`;
    return `${problemsText(file, report.problems)}\n${file}: ${count}; the daemon refuses to start with this file`;
  }
  const uids = report.trusted_uids.length === 0 ? "" : `, trusted uids ${report.trusted_uids.join(" ")}`;
  const counts = `groups ${report.groups}, tokens ${report.tokens}, certificates ${report.certificates}${uids}`;
  return [
    `${file}: good (${counts})`,
    ...report.rights.map(({ key, right }) => `  ${right.padEnd(5)}  ${key}`),
    `  ${report.anonymous_local.padEnd(5)}  every local caller`,
    `  ${report.anonymous_remote.padEnd(5)}  every remote caller`,
    ...report.warnings.map((warning) => `warning: ${warning}`),
  ].join("\n");
}
