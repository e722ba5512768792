import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SigningKey, signRequest } from "../../sdk/signature.js";
import { Certificates, type Certified, keyOf, spkiSha256 } from "../world/certificates.js";
import { Daemon } from "../world/daemon.js";
import { accessListText, people, tokens } from "../world/people.js";
import { listening, portOf, Remote, type RemoteRequest } from "../world/remote.js";
import { expectCells, type Gets, refused, right, tables, wrongForAll } from "./cells.js";

const made = new Certificates();
const authority = made.make({ isAuthority: true });
const server = made.make({ by: authority });
const certificates = {
  /** An Ed25519 key that is among the admins. */
  admin: made.make({ algorithm: "ed25519" }),
  /** A key of another kind, which the list says is the operator's. */
  operator: made.make({ algorithm: "ec" }),
  expiredAdmin: made.make({ algorithm: "ed25519", from: -3, to: -2 }),
  futureAdmin: made.make({ algorithm: "ed25519", from: 2, to: 3 }),
  stranger: made.make({ algorithm: "ed25519" }),
  unknown: made.make({ algorithm: "rsa" }),
};
afterAll(() => made.remove());

const { admin, expiredAdmin, futureAdmin, operator } = certificates;
const list = (anonymousRemote: string) => `${accessListText("read", [], anonymousRemote)}
[[group]]
name = "machines"
users = ${JSON.stringify([admin, expiredAdmin, futureAdmin].map(keyOf))}
[[ace]]
right = "admin"
groups = ["machines"]
[[certificate]]
spki_sha256 = "${spkiSha256(operator)}"
user = "${people.operator.publicKey}"
`;

type Headers = NonNullable<RemoteRequest["headers"]>;
interface Signed {
  readonly node: string;
  readonly authority: string;
  readonly body: string;
}

/** How a caller presents itself, and what it must get. */
interface Row {
  readonly who: string;
  readonly gets: Gets;
  readonly certificate?: Certified;
  headers(request: Signed): Headers;
  /** Sends the very same request once before. */
  readonly twice?: true;
}

const nothing = (): Headers => ({});
const bare = ({ publicKey }: SigningKey): Headers => ({ "X-Public-Key": publicKey });
const bearer = (token: string): Headers => ({ Authorization: `Bearer ${token}` });
/** Signs what is sent, but for the changes. */
const signed =
  (key: SigningKey, changes: (request: Signed) => Partial<Signed> = () => ({}), more: Headers = {}) =>
  (request: Signed): Headers => {
    const created = Math.floor(Date.now() / 1000) + 2;
    const unsigned = { method: "POST", target: "/rpc", ...request, ...changes(request) };
    return { ...signRequest(unsigned, key, { created }), ...more };
  };
const withoutAuthority = ({ node, body }: Signed): Headers => ({
  ...signRequest({ method: "POST", target: "/rpc", node, body }, people.admin, {
    created: Math.floor(Date.now() / 1000) + 2,
  }),
});

const rows: readonly Row[] = [
  { who: "anonymous", ...right("anonymous"), headers: nothing },
  { who: "a reader's token", ...right("read"), headers: () => bearer(tokens.reader) },
  { who: "a reader's signature", ...right("read"), headers: signed(people.reader) },
  { who: "an operator's token", ...right("write"), headers: () => bearer(tokens.operator) },
  { who: "an operator's signature", ...right("write"), headers: signed(people.operator) },
  { who: "an admin's signature", ...right("admin"), headers: signed(people.admin) },
  { who: "the signature of an admin through groups in groups", ...right("admin"), headers: signed(people.nested) },
  { who: "an admin's Ed25519 certificate", ...right("admin"), certificate: admin, headers: nothing },
  { who: "a certificate that the list names", ...right("write"), certificate: operator, headers: nothing },
  {
    who: "a certificate and a token of one user",
    ...right("write"),
    certificate: operator,
    headers: () => bearer(tokens.operator),
  },
  {
    who: "a certificate and a signature of one user",
    ...right("write"),
    certificate: operator,
    headers: signed(people.operator),
  },
  { who: "a signature by a key that nobody named", ...right("anonymous"), headers: signed(people.stranger) },
  {
    who: "an Ed25519 certificate whose key nobody named",
    ...right("anonymous"),
    certificate: certificates.stranger,
    headers: nothing,
  },
  {
    who: "a certificate of another kind that nobody named",
    ...refused("unknown_certificate"),
    certificate: certificates.unknown,
    headers: nothing,
  },
  { who: "an admin's expired certificate", ...refused("expired"), certificate: expiredAdmin, headers: nothing },
  {
    who: "an admin's certificate of tomorrow",
    ...refused("unknown_certificate"),
    certificate: futureAdmin,
    headers: nothing,
  },
  { who: "an expired token", ...refused("expired"), headers: () => bearer(tokens.expired) },
  { who: "an unknown token", ...refused("unknown_token"), headers: () => bearer(tokens.unknown) },
  { who: "an admin's bare key", ...refused("unsigned_key"), headers: () => bare(people.admin) },
  { who: "a bare key that nobody named", ...refused("unsigned_key"), headers: () => bare(people.stranger) },
  { who: "a key of zeros", ...refused("unsigned_key"), headers: () => ({ "X-Public-Key": "0".repeat(64) }) },
  {
    who: "an admin's certificate and its bare key",
    ...refused("unsigned_key"),
    certificate: admin,
    headers: () => ({ "X-Public-Key": keyOf(admin) }),
  },
  {
    who: "a bare key and a token that disagree",
    ...refused("unsigned_key"),
    headers: () => ({ ...bare(people.admin), ...bearer(tokens.operator) }),
  },
  {
    who: "a signature and a token that disagree",
    ...refused("disagree"),
    headers: signed(people.admin, undefined, bearer(tokens.operator)),
  },
  {
    who: "a certificate and a token that disagree",
    ...refused("disagree"),
    certificate: admin,
    headers: () => bearer(tokens.operator),
  },
  {
    who: "a certificate and a signature that disagree",
    ...refused("disagree"),
    certificate: operator,
    headers: signed(people.admin),
  },
  {
    who: "a signature for another body",
    ...refused("bad_signature"),
    headers: signed(people.admin, () => ({ body: "[]" })),
  },
  {
    who: "a signature of one key under the name of another",
    ...refused("bad_signature"),
    headers: signed({ ...people.reader, publicKey: people.admin.publicKey }),
  },
  { who: "a replayed signature", ...refused("replayed"), headers: signed(people.admin), twice: true },
  {
    who: "a signature for another node",
    ...refused("wrong_node"),
    headers: signed(people.admin, () => ({ node: "0".repeat(32) })),
  },
  {
    who: "a signature for another host",
    ...refused("bad_signature"),
    headers: signed(people.admin, () => ({ authority: "other.example" })),
  },
  { who: "a signature that does not cover the host", ...refused("malformed"), headers: withoutAuthority },
  {
    who: "another scheme",
    ...refused("unknown_scheme"),
    headers: () => ({ Authorization: "Basic YWRtaW46" }),
  },
];

describe.each(["none", "read"] as const)("where anonymous remote callers have the right `%s`", (anonymous) => {
  let daemon: Daemon;
  let remote: Remote;
  let node: string;

  beforeAll(async () => {
    const acl = made.write(`acl-${anonymous}.toml`, list(anonymous));
    daemon = await Daemon.start(["--acl", acl, "--check-results", ...listening(server)]);
    remote = new Remote(portOf(daemon), authority.certificate);
    node = JSON.parse((await daemon.get("/.well-known/heroservice.json")).body.toString()).node;
  });
  afterAll(() => daemon.stop());

  async function ask({ certificate, headers, twice }: Row, body: string) {
    const client = certificate === undefined ? remote : remote.with(certificate);
    const presented = headers({ node, authority: client.authority, body });
    if (twice) await client.post(body, presented);
    return client.post(body, presented);
  }

  describe.each(rows)("$who", (row) => {
    let asked: ReturnType<typeof ask> | undefined;
    const answer = () => {
      asked ??= ask(row, wrongForAll);
      return asked;
    };

    it.each(tables)("each call gets, under its own id, what %s", async (_, table) => {
      const { status, text } = await answer();
      expect(status).toBe(200);
      expectCells(text, row.gets, { right: anonymous, isRemote: true }, table);
    });

    it("an unknown method is told from the others to no stranger", async () => {
      const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "net.rootes" });
      const { error } = JSON.parse((await ask(row, body)).text);
      const granted = "right" in row.gets && (row.gets.right === "anonymous" ? anonymous : row.gets.right);
      const expected = granted === "none" ? "permission_denied" : "method_not_found";
      expect(error.data.kind).toBe("reason" in row.gets ? "unauthenticated" : expected);
    });
  });
});
