import { createHash, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { AccessList } from "../../../src/rpc/acl/list.js";
import { judgeText } from "../../../src/rpc/acl/load.js";
import { K1, K2, K3, K4, lowOrder } from "../../fixtures/acl/keys.js";

const OWN = 990;

function listOf(text: string): AccessList {
  const judged = judgeText(text);
  if (!judged.ok) throw new Error(JSON.stringify(judged.problems));
  return new AccessList(judged.value, OWN);
}

const sha256 = (data: string | Buffer) => createHash("sha256").update(data).digest("hex");
const rightsFrom = (list: AccessList, remote: boolean) => [K1, K2, K3].map((key) => list.rightOf({ key, remote }));

/** The example of the reference, with keys in the places of `<pubkey_hex>`. */
const example = `[[group]]
name = "admins"
users = ["${K1}"]

[[group]]
name = "operators"
users = ["${K2}"]
member_groups = ["admins"]

[[ace]]
right = "admin"
groups = ["admins"]

[[ace]]
right = "write"
groups = ["operators"]

[policy]
anonymous_local = "read"
anonymous_remote = "none"
`;

describe("the reference's example", () => {
  const list = listOf(example);

  it("gives its admin everything, its operator write, and a key that it does not name what anybody has", () => {
    expect(rightsFrom(list, false)).toEqual(["admin", "write", "read"]);
    expect(rightsFrom(list, true)).toEqual(["admin", "write", "none"]);
  });

  it("lets anybody read locally and nobody do anything from afar", () => {
    expect(list.policy).toEqual({ local: "read", remote: "none" });
    expect([list.rightOf({ remote: false }), list.rightOf({ remote: true })]).toEqual(["read", "none"]);
  });

  it("knows the two keys that it names", () => {
    expect([K1, K2, K3].map((key) => list.knows(key))).toEqual([true, true, false]);
    expect(list.size).toBe(2);
  });

  it("trusts the bare word of root and of the daemon's own user alone", () => {
    const uids = [0, OWN, 1000, 65_534, undefined];
    expect(uids.map((uid) => list.isTrustedUid(uid))).toEqual([true, true, false, false, false]);
  });

  it("cannot be changed", () => {
    expect(Object.isFrozen(list) && Object.isFrozen(list.policy)).toBe(true);
  });
});

describe("the right of a key", () => {
  it("comes through groups in groups, whatever their order in the file", () => {
    const list = listOf(`
[[ace]]
right = "admin"
groups = ["top"]
[[group]]
name = "top"
member_groups = ["left", "right"]
[[group]]
name = "left"
member_groups = ["bottom"]
[[group]]
name = "right"
member_groups = ["bottom"]
users = ["${K2}"]
[[group]]
name = "bottom"
users = ["${K1}"]
`);
    expect(rightsFrom(list, true)).toEqual(["admin", "admin", "none"]);
  });

  it("does not go the other way: members of a group are not in its member groups", () => {
    const list = listOf(`${example}[[group]]\nname = "guests"\nusers = ["${K3}"]\nmember_groups = ["operators"]\n`);
    expect(rightsFrom(list, true)).toEqual(["admin", "write", "none"]);
  });

  it("is the highest of all its aces", () => {
    const aces = ["read", "admin", "write"].map((right) => `[[ace]]\nright = "${right}"\ngroups = ["g"]\n`);
    const list = listOf(`[[group]]\nname = "g"\nusers = ["${K1}"]\n${aces.join("")}`);
    expect(list.rightOf({ key: K1, remote: true })).toBe("admin");
  });

  it("is never less than what anybody has", () => {
    const policy = '[policy]\nanonymous_local = "admin"\nanonymous_remote = "write"\n';
    const list = listOf(`[[group]]\nname = "g"\nusers = ["${K1}"]\n[[ace]]\nright = "read"\ngroups = ["g"]\n${policy}`);
    expect(rightsFrom(list, false)).toEqual(["admin", "admin", "admin"]);
    expect(rightsFrom(list, true)).toEqual(["write", "write", "write"]);
  });

  it("may be less than `read`, where the policy gives nothing", () => {
    const list = listOf('[policy]\nanonymous_local = "none"\n');
    expect(list.rightOf({ key: K1, remote: false })).toBe("none");
  });

  it("is that of a key written in capitals too", () => {
    expect(rightsFrom(listOf(example.replace(K1, K1.toUpperCase())), true)).toEqual(["admin", "write", "none"]);
  });

  it.each(["__proto__", "constructor", "toString", ""])("is none for what is no key: %j", (key) => {
    expect(listOf(example).rightOf({ key, remote: true })).toBe("none");
    expect(listOf(example).knows(key)).toBe(false);
  });
});

describe("a list without a policy, or with a part of one", () => {
  it.each([
    [example.slice(0, example.indexOf("[policy]")), "read", "none"],
    ['[policy]\nanonymous_local = "none"\n', "none", "none"],
    ['[policy]\nanonymous_remote = "read"\n', "read", "read"],
    ["[policy]\n", "read", "none"],
  ])("has the defaults for the rest", (text, local, remote) => {
    expect(listOf(text).policy).toEqual({ local, remote });
  });
});

describe("a bearer token", () => {
  const now = Date.parse("2027-01-01T00:00:00Z");
  const token = (text: string, key: string, expires: string) =>
    `[[token]]\nsha256 = "${sha256(text)}"\nuser = "${key}"\nexpires = ${expires}\n`;
  const list = listOf(
    token("fresh", K1, "2027-01-01T02:00:01+02:00") +
      token("stale", K2, "2027-01-01T00:00:00Z") +
      token("old", K3, "2001-09-09 01:46:40Z"),
  );

  it("stands for its key until it expires, whatever the offset that says when", () => {
    const expires = new Date("2027-01-01T00:00:01Z");
    expect(list.userOfToken("fresh", now)).toEqual({ kind: "user", key: K1, expires });
    expect(list.userOfToken("fresh", now + 999)).toMatchObject({ kind: "user", key: K1 });
    expect(list.userOfToken("fresh", now + 1000)).toEqual({ kind: "expired", expires });
  });

  it("has expired at the very moment that it names", () => {
    expect(list.userOfToken("stale", now - 1)).toMatchObject({ kind: "user", key: K2 });
    expect(list.userOfToken("stale", now)).toMatchObject({ kind: "expired" });
    expect(list.userOfToken("old")).toMatchObject({ kind: "expired" });
  });

  it.each(["", "fres", "fresh ", "FRESH", sha256("fresh"), "\u0000", "x".repeat(100_000)])(
    "is unknown otherwise",
    (text) => {
      expect(list.userOfToken(text, now)).toEqual({ kind: "unknown_token" });
    },
  );

  it("makes its key known, and gives it no right of its own", () => {
    expect(list.knows(K1)).toBe(true);
    expect(list.rightOf({ key: K1, remote: true })).toBe("none");
  });
});

describe("a client certificate", () => {
  const spki = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ type: "spki", format: "der" });
  const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ type: "spki", format: "der" });
  const ed25519 = (key: string) => Buffer.from(`302a300506032b6570032100${key}`, "hex");
  const listed = [spki, ed25519(K3)].map((der) => `[[certificate]]\nspki_sha256 = "${sha256(der)}"\nuser = "${K4}"\n`);
  const list = listOf(listed.join(""));

  it("stands for the key that the list gives it", () => {
    expect(list.userOfCertificate(spki)).toBe(K4);
    expect(list.userOfCertificate(new Uint8Array(spki))).toBe(K4);
    expect(list.knows(K4)).toBe(true);
  });

  it("that the list does not name stands for nobody", () => {
    expect(list.userOfCertificate(other)).toBeUndefined();
    expect(list.userOfCertificate(new Uint8Array())).toBeUndefined();
  });

  it("of Ed25519 is its own key, listed or not", () => {
    expect([K2, K3].map((key) => list.userOfCertificate(ed25519(key)))).toEqual([K2, K3]);
    const { publicKey } = generateKeyPairSync("ed25519");
    const { x = "" } = publicKey.export({ format: "jwk" });
    const der = publicKey.export({ type: "spki", format: "der" });
    expect(list.userOfCertificate(der)).toBe(Buffer.from(x, "base64url").toString("hex"));
  });

  it.each([...lowOrder.canonical, ...lowOrder.notCanonical])("of low order stands for nobody: %s", (_name, key) => {
    expect(list.userOfCertificate(ed25519(key))).toBeUndefined();
  });
});

describe("trusted uids", () => {
  it("are those of the policy besides root and the daemon's own", () => {
    const list = listOf("[policy]\ntrusted_uids = [33, 4294967294]\n");
    expect([0, OWN, 33, 4_294_967_294, 34].map((uid) => list.isTrustedUid(uid))).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
  });

  it("never hold the overflow uid, not even when the daemon runs as it", () => {
    const judged = judgeText("[policy]\n");
    if (!judged.ok) throw new Error("a good text");
    expect(new AccessList(judged.value, 65_534).isTrustedUid(65_534)).toBe(false);
  });
});
