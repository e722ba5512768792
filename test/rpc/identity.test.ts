import { beforeEach, describe, expect, it } from "vitest";
import type { Peer } from "../../src/kernel/peer.js";
import { AccessInForce } from "../../src/rpc/acl/in-force.js";
import { AccessList } from "../../src/rpc/acl/list.js";
import { judgeText } from "../../src/rpc/acl/load.js";
import { identifyByList } from "../../src/rpc/credentials.js";
import { RpcError } from "../../src/rpc/errors.js";
import type { Identify, Verdict } from "../../src/rpc/identity.js";
import { VerificationBudget } from "../../src/rpc/signature/budget.js";
import { SignatureGate } from "../../src/rpc/signature/gate.js";
import { NonceStore } from "../../src/rpc/signature/nonces.js";
import { Window } from "../../src/rpc/signature/window.js";
import { accessListText, people, signedBy, tokens } from "../world/people.js";
import { raw } from "./signature/parts.js";

const NODE = "0123456789abcdef0123456789abcdef";
const root: Peer = { pid: 7, uid: 0, gid: 0 };
const user: Peer = { pid: 8, uid: 1000, gid: 1000 };
const body = '{"jsonrpc":"2.0","id":1,"method":"rpc.health"}';
const { reader, operator, admin, nested, stranger } = people;

function listOf(text: string): AccessList {
  const judged = judgeText(text);
  if (!judged.ok) throw new Error(JSON.stringify(judged.problems));
  return new AccessList(judged.value, 990);
}

let inForce: AccessInForce;
let nonces: NonceStore;
let identify: Identify;
let next: string;

beforeEach(() => {
  next = accessListText("read");
  inForce = new AccessInForce(listOf(next), () => ({ ok: true, value: listOf(next) }));
  const isNamed = (key: string) => inForce.list.knows(key);
  const window = new Window();
  nonces = new NonceStore({ perKey: 5 }, window);
  const budget = new VerificationBudget({ burst: 3, perSecond: 1, peers: 10 }, () => 0);
  const rules = { node: NODE, transport: "unix", window, isSound: () => true } as const;
  identify = identifyByList(inForce, new SignatureGate({ rules, nonces, budget, isNamed }));
});

const begin = (rawHeaders: readonly string[], peer: Peer | undefined = root) =>
  identify({ method: "POST", target: "/rpc", rawHeaders, sender: { transport: "unix", peer } });
const verdict = (rawHeaders: readonly string[], peer: Peer | undefined = root): Verdict =>
  begin(["Host", "x", ...rawHeaders], peer).verdict(Buffer.from(body));
const outcome = (found: Verdict): string => {
  if (!(found instanceof RpcError)) return `${found.kind === "identified" ? found.proof : found.kind} ${found.right}`;
  return "reason" in found.details ? String(found.details.reason) : found.kind;
};
const key = ({ publicKey }: typeof admin) => ["X-Public-Key", publicKey];
const bearer = (token: string) => ["Authorization", `Bearer ${token}`];
const signature = (by: typeof admin) => raw(signedBy(by, NODE, body));
const unknownPeer = (rawHeaders: readonly string[]) =>
  identify({ method: "POST", target: "/rpc", rawHeaders, sender: { transport: "unix", peer: undefined } }).verdict(
    Buffer.from(body),
  );

describe("a caller without credentials", () => {
  it("is the peer's user, with the right of the policy", () => {
    expect(verdict([], user)).toEqual({ kind: "anonymous_local", right: "read", peer: user, countedAs: "uid:1000" });
    expect(unknownPeer([])).toEqual({ kind: "anonymous_local", right: "read", countedAs: "local" });
  });
});

describe("an identified caller", () => {
  it("has its key, how it was proven, and the user that the limits count", () => {
    const base = { kind: "identified", peer: root, countedAs: "uid:0" };
    expect(verdict(key(admin))).toEqual({ ...base, key: admin.publicKey, proof: "peer", right: "admin" });
    expect(verdict(bearer(tokens.reader))).toEqual({ ...base, key: reader.publicKey, proof: "token", right: "read" });
    expect(verdict(signature(nested))).toEqual({ ...base, key: nested.publicKey, proof: "signature", right: "admin" });
  });

  it("may write its key in capitals", () => {
    expect(verdict(["x-public-KEY", ` ${operator.publicKey.toUpperCase()}`])).toMatchObject({
      key: operator.publicKey,
      right: "write",
    });
  });
});

describe("a bare key", () => {
  it.each([
    ["root", root, "peer admin"],
    ["the daemon's own user", { ...user, uid: 990 }, "peer admin"],
    ["any other user", user, "unsigned_key"],
    ["the user who stands for unknown ones", { ...user, uid: 65_534 }, "unsigned_key"],
  ])("from %s", (_who, peer, expected) => {
    expect(outcome(verdict(key(admin), peer))).toBe(expected);
  });

  it("from a peer of whom the kernel says nothing is worth nothing", () => {
    expect(outcome(unknownPeer(key(admin)))).toBe("unsigned_key");
  });

  it("is not made good by a token of the same user", () => {
    expect(outcome(verdict([...key(operator), ...bearer(tokens.operator)], user))).toBe("unsigned_key");
  });

  it.each([
    ["", "empty"],
    [" \t", "empty"],
    ["0".repeat(64), "malformed"],
    [admin.publicKey.slice(1), "malformed"],
    [`0x${admin.publicKey}`, "malformed"],
    [`${admin.publicKey}, ${admin.publicKey}`, "malformed"],
    ["__proto__", "malformed"],
  ])("%j is %s", (text, reason) => {
    expect(outcome(verdict(["X-Public-Key", text]))).toBe(reason);
  });

  it("that came twice is refused, even the same one", () => {
    expect(outcome(verdict([...key(admin), ...key(admin)]))).toBe("duplicated");
  });
});

describe("authorization", () => {
  it.each([
    [`Bearer ${tokens.operator}`, "token write"],
    [`bearer   ${tokens.operator}`, "token write"],
    [`BEARER\t${tokens.operator}`, "token write"],
    ["", "empty"],
    ["Bearer", "empty"],
    ["Bearer ", "empty"],
    [`Bearer ${tokens.operator} x`, "malformed"],
    [`Bearer ${tokens.operator},`, "malformed"],
    [`Bearer ${tokens.operator.slice(1)}`, "unknown_token"],
    [`Bearer ${tokens.expired}`, "expired"],
    [`Basic ${tokens.operator}`, "unknown_scheme"],
    [tokens.operator, "unknown_scheme"],
    [`Bearer${tokens.operator}`, "unknown_scheme"],
  ])("%j is %s", (text, expected) => {
    expect(outcome(verdict(["Authorization", text], user))).toBe(expected);
  });

  it("that came twice is refused", () => {
    expect(outcome(verdict([...bearer(tokens.operator), ...bearer(tokens.operator)]))).toBe("duplicated");
  });
});

describe("several credentials", () => {
  it("of one user are as good as the best of them", () => {
    expect(outcome(verdict([...key(operator), ...bearer(tokens.operator)]))).toBe("token write");
    expect(outcome(verdict([...signature(operator), ...bearer(tokens.operator)], user))).toBe("signature write");
    expect(outcome(verdict([...signature(admin), ...key(admin)], user))).toBe("signature admin");
  });

  it.each([
    ["key and token", () => [...key(admin), ...bearer(tokens.operator)]],
    ["signature and token", () => [...signature(admin), ...bearer(tokens.operator)]],
    ["signature and key", () => [...signature(admin), ...key(operator)]],
  ])("%s of different users disagree", (_what, headers) => {
    expect(outcome(verdict(headers()))).toBe("disagree");
    expect(nonces.size()).toBe(0);
  });

  it("are refused if one of them is not good", () => {
    expect(outcome(verdict([...key(admin), ...bearer(tokens.unknown)]))).toBe("unknown_token");
    expect(outcome(verdict([...signature(admin), ...bearer(tokens.expired)]))).toBe("expired");
    expect(outcome(verdict([...signature(admin), "X-Public-Key", ""]))).toBe("empty");
  });
});

describe("a signature", () => {
  it("is good once, from any peer", () => {
    const once = signature(admin);
    expect(outcome(verdict(once, user))).toBe("signature admin");
    expect(outcome(verdict(once, root))).toBe("replayed");
  });

  it("by a key that nobody named has the anonymous right, and leaves nothing behind", () => {
    const once = signature(stranger);
    expect([verdict(once, user), verdict(once, user)].map(outcome)).toEqual(["signature read", "signature read"]);
    expect(nonces.size()).toBe(0);
  });

  it("half presented is refused", () => {
    const [, , , , ...inputAndSignature] = signature(admin);
    expect(outcome(verdict(["Signature-Input", ...inputAndSignature.slice(1, 2)]))).toBe("malformed");
    expect(outcome(verdict(["Signature", "sig1=::"]))).toBe("malformed");
  });

  it("is verified so often for a user who is not known, and for every other user all the same", () => {
    const bad = () => raw(signedBy(admin, NODE, "[]", { target: "/" }));
    expect([1, 2, 3, 4].map(() => outcome(verdict(bad(), user)))).toEqual([
      "bad_signature",
      "bad_signature",
      "bad_signature",
      "overloaded",
    ]);
    expect(outcome(verdict(signature(admin), root))).toBe("signature admin");
  });
});

describe("an access list that is loaded again in the middle of a request", () => {
  const bytes = Buffer.from(body);

  it("is for the requests that begin after it", () => {
    const before = [begin([], user), begin(key(admin)), begin(bearer(tokens.operator))];
    next = '[policy]\nanonymous_local = "none"\n';
    inForce.reload();
    expect(before.map((judged) => outcome(judged.verdict(bytes)))).toEqual([
      "anonymous_local read",
      "peer admin",
      "token write",
    ]);
    expect([verdict([], user), verdict(key(admin)), verdict(bearer(tokens.operator))].map(outcome)).toEqual([
      "anonymous_local none",
      "peer none",
      "unknown_token",
    ]);
  });

  it("leaves a signed request no right that could be used twice", () => {
    const once = signature(admin);
    const before = [begin(once, user), begin(once, user)];
    next = next.replaceAll(admin.publicKey, stranger.publicKey);
    inForce.reload();
    expect(before.map((judged) => outcome(judged.verdict(bytes)))).toEqual(["signature read", "signature read"]);
  });

  it("does not raise the right of a request that began before", () => {
    const began = begin(signature(stranger), user);
    next = next.replaceAll(admin.publicKey, stranger.publicKey);
    inForce.reload();
    expect(outcome(began.verdict(bytes))).toBe("signature read");
    expect(outcome(verdict(signature(stranger), user))).toBe("signature admin");
  });
});
