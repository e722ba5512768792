import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SigningKey } from "../../sdk/signature.js";
import { Daemon } from "../world/daemon.js";
import { type Received, type Sent, send, sendAs } from "../world/peer.js";
import { accessListText, people, signedBy, tokens } from "../world/people.js";
import { referenceTable } from "../world/reference-table.js";
import { exampleParams } from "../world/requests.js";
import { batchOf, expectCells, type Gets, refused, repliesIn, right, tables, wrongForAll } from "./cells.js";

/** This machine's, as the daemon tells it; signatures are for it. */
let node = "";
const OTHER = 4242;
const TRUSTED = 4343;
const isRoot = process.getuid?.() === 0;

type Headers = Sent["headers"];

/** How a caller presents itself, for a body that it may have to sign, and what it must get. */
interface Row {
  readonly who: string;
  readonly uid?: number;
  readonly gets: Gets;
  headers(body: string): Headers;
  /** Sends the very same request once before. */
  readonly twice?: true;
}

const bare = ({ publicKey }: SigningKey): Headers => ({ "X-Public-Key": publicKey });
const bearer = (token: string): Headers => ({ Authorization: `Bearer ${token}` });
const good =
  (key: SigningKey, more: Headers = {}) =>
  (body: string): Headers => ({ ...signedBy(key, node, body), ...more });
const zeros = { "X-Public-Key": "0".repeat(64) };

const rows: readonly Row[] = [
  { who: "anonymous", ...right("anonymous"), headers: () => ({}) },
  { who: "a reader's bare key", ...right("read"), headers: () => bare(people.reader) },
  { who: "an operator's bare key", ...right("write"), headers: () => bare(people.operator) },
  { who: "an admin's bare key", ...right("admin"), headers: () => bare(people.admin) },
  { who: "the key of an admin through groups in groups", ...right("admin"), headers: () => bare(people.nested) },
  { who: "a bare key that nobody named", ...right("anonymous"), headers: () => bare(people.stranger) },
  { who: "a good token", ...right("write"), headers: () => bearer(tokens.operator) },
  { who: "an expired token", ...refused("expired"), headers: () => bearer(tokens.expired) },
  { who: "an unknown token", ...refused("unknown_token"), headers: () => bearer(tokens.unknown) },
  { who: "a good signature", ...right("admin"), headers: good(people.admin) },
  { who: "a good signature by a key that nobody named", ...right("anonymous"), headers: good(people.stranger) },
  { who: "a signature and its own key", ...right("admin"), headers: good(people.admin, bare(people.admin)) },
  { who: "a signature for another body", ...refused("bad_signature"), headers: () => good(people.admin)("[]") },
  {
    who: "a signature of one key under the name of another",
    ...refused("bad_signature"),
    headers: good({ ...people.reader, publicKey: people.admin.publicKey }),
  },
  { who: "a replayed signature", ...refused("replayed"), headers: good(people.admin), twice: true },
  {
    who: "a signature for another node",
    ...refused("wrong_node"),
    headers: (body) => signedBy(people.admin, "0".repeat(32), body),
  },
  {
    who: "a bare key and a token that disagree",
    ...refused("disagree"),
    headers: () => ({ ...bare(people.admin), ...bearer(tokens.operator) }),
  },
  {
    who: "a bare key and a token that agree",
    ...right("write"),
    headers: () => ({ ...bare(people.operator), ...bearer(tokens.operator) }),
  },
  {
    who: "a signature and a token that disagree",
    ...refused("disagree"),
    headers: good(people.admin, bearer(tokens.operator)),
  },
  { who: "a key of zeros", ...refused("malformed"), headers: () => zeros },
  { who: "an empty key", ...refused("empty"), headers: () => ({ "X-Public-Key": "" }) },
  {
    who: "two keys",
    ...refused("duplicated"),
    headers: () => ({ "X-Public-Key": [people.admin.publicKey, people.admin.publicKey] }),
  },
  { who: "another scheme", ...refused("unknown_scheme"), headers: () => ({ Authorization: "Basic YWRtaW46" }) },
];

/** The same from a peer who is nobody in particular. */
const elsewhere: readonly Row[] = [
  { who: "anonymous", uid: OTHER, ...right("anonymous"), headers: () => ({}) },
  { who: "an admin's bare key", uid: OTHER, ...refused("unsigned_key"), headers: () => bare(people.admin) },
  { who: "a bare key that nobody named", uid: OTHER, ...refused("unsigned_key"), headers: () => bare(people.stranger) },
  { who: "a key of zeros", uid: OTHER, ...refused("unsigned_key"), headers: () => zeros },
  { who: "a good token", uid: OTHER, ...right("write"), headers: () => bearer(tokens.operator) },
  { who: "a good signature", uid: OTHER, ...right("admin"), headers: good(people.admin) },
  { who: "an admin's bare key", uid: 65_534, ...refused("unsigned_key"), headers: () => bare(people.admin) },
  { who: "an admin's bare key", uid: TRUSTED, ...right("admin"), headers: () => bare(people.admin) },
];

describe.each(["read", "none"] as const)("where anonymous local callers have the right `%s`", (anonymous) => {
  const folder = mkdtempSync(join(tmpdir(), "my-os-identities-"));
  let daemon: Daemon;

  beforeAll(async () => {
    const acl = join(folder, "acl.toml");
    writeFileSync(acl, accessListText(anonymous, [TRUSTED]), { mode: 0o600 });
    daemon = await Daemon.start(["--acl", acl, "--check-results"]);
    node = JSON.parse((await daemon.get("/.well-known/heroservice.json")).body.toString()).node;
    chmodSync(daemon.folder, 0o711);
    chmodSync(daemon.socket, 0o666);
  });
  afterAll(async () => {
    await daemon.stop();
    rmSync(folder, { recursive: true });
  });

  async function ask({ uid, headers, twice }: Row, body: string): Promise<Received> {
    const more = { "Content-Type": "application/json", ...headers(body) };
    const sent = { socket: daemon.socket, method: "POST", path: "/rpc", headers: more, body };
    if (twice) await send(sent);
    return uid === undefined ? send(sent) : sendAs(uid, sent);
  }

  const suite = (row: Row) => {
    let asked: ReturnType<typeof ask> | undefined;
    const answer = () => {
      asked ??= ask(row, wrongForAll);
      return asked;
    };

    it.each(tables)("each call gets, under its own id, what %s", async (_, table) => {
      const { status, text } = await answer();
      expect(status).toBe(200);
      expectCells(text, row.gets, { right: anonymous, isRemote: false }, table);
    });
  };

  it("whoever has the right hears that a method belongs to MOS nodes, and nobody else does", async () => {
    const ofMos = referenceTable.filter(({ mosOnly }) => mosOnly);
    const names = ofMos.map(({ method }) => method);
    expect(names).toHaveLength(6);
    const kindsFor = async (headers: Row["headers"]) => {
      const { text } = await ask({ who: "", ...right("read"), headers }, batchOf(names, exampleParams));
      return repliesIn(text).map(({ id, error }) => [id, error?.data.kind]);
    };
    expect(await kindsFor(good(people.admin))).toEqual(names.map((name) => [name, "unsupported"]));
    const told = (required: string) => (required === anonymous ? "unsupported" : "permission_denied");
    expect(await kindsFor(() => ({}))).toEqual(ofMos.map(({ method, right: required }) => [method, told(required)]));
  });

  describe.each(rows)("$who", suite);
  if (isRoot) describe.each(elsewhere)("$who from uid $uid", suite);
  else describe.skip("peers of other users (skipped: only root can become them)", () => {});
});
