import type { AclDocument } from "./document.js";
import { rightsOfKeys } from "./groups.js";
import { type Located, pathText } from "./problems.js";

/** What is valid in an access list and probably not meant. `now` is in milliseconds since 1970. */
export function warningsOf(document: AclDocument, now: number): readonly string[] {
  return [...ofPolicy(document), ...ofRights(document), ...ofTokens(document, now)];
}

function* ofPolicy({ policy: { anonymousLocal, anonymousRemote } }: AclDocument): Generator<string> {
  if (anonymousLocal === "write" || anonymousLocal === "admin")
    yield `policy.anonymous_local: every process that can open the socket has the right \`${anonymousLocal}\``;
  if (anonymousRemote !== "none")
    yield `policy.anonymous_remote: everybody who reaches the port has the right \`${anonymousRemote}\``;
}

function* ofRights({ groups, aces, tokens, certificates }: AclDocument): Generator<string> {
  const granted = rightsOfKeys(groups, aces);
  if (![...granted.values()].includes("admin"))
    yield "nobody is admin: no ace gives `admin` to a group with a key in it";
  const named: Located<string>[] = [...groups.flatMap((group) => group.users), ...tokens.map(({ user }) => user)];
  for (const { value, path } of [...named, ...certificates.map(({ user }) => user)])
    if (!granted.has(value)) yield `${pathText(path)}: no ace reaches this key, so it has the anonymous right`;
}

function* ofTokens({ tokens }: AclDocument, now: number): Generator<string> {
  for (const { expires } of tokens)
    if (expires.value.getTime() <= now) yield `${pathText(expires.path)}: this token has expired, and opens nothing`;
}
