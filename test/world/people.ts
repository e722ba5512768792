import { createHash, generateKeyPairSync, randomBytes } from "node:crypto";
import { type SigningKey, signingKey, signRequest } from "../../sdk/signature.js";

const person = (): SigningKey => signingKey(generateKeyPairSync("ed25519").privateKey);

/** Keys by what the access list of `accessListText` makes of their holders; it does not name the stranger's. */
export const people = {
  reader: person(),
  operator: person(),
  admin: person(),
  /** Admin by a group in a group in the admins' group. */
  nested: person(),
  stranger: person(),
} as const;

const token = () => randomBytes(32).toString("base64url");

/** Bearer tokens: of the operator, of the reader, of the admin but no longer, and of nobody. */
export const tokens = { operator: token(), reader: token(), expired: token(), unknown: token() } as const;

const tokenTable = (text: string, { publicKey }: SigningKey, expires: string) => `
[[token]]
sha256 = "${createHash("sha256").update(text).digest("hex")}"
user = "${publicKey}"
expires = ${expires}
`;

const groupTable = (name: string, users: readonly SigningKey[], memberGroups: readonly string[] = []) => `
[[group]]
name = "${name}"
users = ${JSON.stringify(users.map(({ publicKey }) => publicKey))}
member_groups = ${JSON.stringify(memberGroups)}
`;

/** An access list that names these people. */
export const accessListText = (
  anonymousLocal: string,
  trustedUids: readonly number[] = [],
  anonymousRemote = "none",
): string =>
  `${[
    groupTable("admins", [people.admin], ["site"]),
    groupTable("site", [], ["shift"]),
    groupTable("shift", [people.nested]),
    groupTable("operators", [people.operator]),
    groupTable("readers", [people.reader]),
    tokenTable(tokens.operator, people.operator, "2999-01-01T00:00:00Z"),
    tokenTable(tokens.reader, people.reader, "2999-01-01T00:00:00Z"),
    tokenTable(tokens.expired, people.admin, "2020-01-01T00:00:00Z"),
  ].join("")}
[[ace]]
right = "admin"
groups = ["admins"]

[[ace]]
right = "write"
groups = ["operators"]

[[ace]]
right = "read"
groups = ["readers"]

[policy]
anonymous_local = "${anonymousLocal}"
anonymous_remote = "${anonymousRemote}"
trusted_uids = ${JSON.stringify(trustedUids)}
`;

/** The fields that sign a request to `POST /rpc`, a moment ahead: a daemon takes no time from before its start. */
export const signedBy = (
  key: SigningKey,
  node: string,
  body: string,
  changes: { method?: string; target?: string; authority?: string } = {},
) =>
  ({
    ...signRequest({ method: "POST", target: "/rpc", body, node, ...changes }, key, {
      created: Math.floor(Date.now() / 1000) + 2,
    }),
  }) as const;
