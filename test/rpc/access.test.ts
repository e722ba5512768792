import { describe, expect, it } from "vitest";
import { methods, type Right } from "../../generated/methods.gen.js";
import type { Peer } from "../../src/kernel/peer.js";
import { defaultAccess, includes } from "../../src/rpc/access.js";
import { identifyWithoutList } from "../../src/rpc/credentials.js";
import { ask, call, failure, local, localWith, origin, partsWith, remote } from "./parts.js";

const parts = partsWith({});
const named = Object.entries(methods);
const withRight = (right: Right) => named.filter(([, info]) => info.right === right).map(([name]) => name);
const rights = ["none", "read", "write", "admin"] as const;

it("each right includes the ones before it and no other", () => {
  for (const [g, granted] of rights.entries())
    for (const [r, required] of rights.entries())
      expect(includes(granted, required), `${granted} ⊇ ${required}`).toBe(g >= r);
});

describe("without an access list", () => {
  it.each([...withRight("none"), ...withRight("read")])("a local caller may call %s", async (method) => {
    expect(await ask(parts, call(method))).not.toMatchObject({ error: { data: { kind: "permission_denied" } } });
  });

  it.each([...withRight("write"), ...withRight("admin")])("a local caller may not call %s", async (method) => {
    const required = named.find(([name]) => name === method)?.[1].right;
    expect(await ask(parts, call(method, { nonsense: true }))).toEqual(
      failure(-32003, "permission_denied", { method, required, granted: "read" }),
    );
  });

  it.each(named.map(([name]) => name))(
    "a remote caller may not call %s, and is told no more than that",
    async (method) => {
      expect(await ask(parts, call(method), origin({ caller: remote }))).toEqual(
        failure(-32003, "permission_denied", { method, required: "read", granted: "none" }),
      );
    },
  );
});

describe("authorisation comes before everything that is told about a call", () => {
  it("a stranger cannot tell an unknown method from a known one, nor good parameters from bad", async () => {
    const replies = await Promise.all(
      [
        call("net.routes"),
        call("net.routes", { nonsense: 1 }),
        call("net.rutes"),
        call("net.routes.add"),
        call("vol.create_partition"),
        call("__proto__"),
      ].map((body) => ask(parts, body, origin({ caller: remote }))),
    );
    const told = replies.map((reply) => Reflect.get(Object(reply), "error"));
    const names = ["net.routes", "net.routes", "net.rutes", "net.routes.add", "vol.create_partition", "__proto__"];
    expect(told).toEqual(
      names.map((method) => ({
        code: -32003,
        message: `${method} needs the right \`read\`, and this caller has \`none\``,
        data: { kind: "permission_denied", request_id: "test-1", method, required: "read", granted: "none" },
      })),
    );
  });

  it("a local caller without rights still learns that the daemon lives", async () => {
    const caller = localWith("none");
    expect(await ask(parts, call("rpc.health"), origin({ caller }))).toMatchObject({ result: { status: "ok" } });
    expect(await ask(parts, call("net.nothing"), origin({ caller }))).toEqual(
      failure(-32003, "permission_denied", { method: "net.nothing", required: "read", granted: "none" }),
    );
  });
});

describe("credentials", () => {
  const identify = ({ rawHeaders, peer }: { rawHeaders: string[]; peer: Peer | undefined }) =>
    identifyWithoutList(defaultAccess)({
      method: "POST",
      target: "/rpc",
      rawHeaders,
      sender: { transport: "unix", peer },
    }).verdict(Buffer.of());

  it.each([
    ["X-Public-Key", "00"],
    ["x-public-key", ""],
    ["Authorization", "Bearer x"],
    ["Signature", "sig1=::"],
    ["SIGNATURE-INPUT", "sig1=()"],
  ])("%s: %j is unauthenticated, for there is nothing to check it against", (name, value) => {
    const caller = identify({ rawHeaders: ["Host", "x", name, value], peer: undefined });
    expect(caller).toMatchObject({ kind: "unauthenticated", details: { reason: "not_configured" } });
  });

  it("a header's value that looks like one is no credential", () => {
    expect(identify({ rawHeaders: ["Host", "authorization"], peer: undefined })).toMatchObject({
      kind: "anonymous_local",
    });
  });

  it("that are not good refuse every call under its own id, and keep notifications silent", async () => {
    const caller = identify({ rawHeaders: ["Authorization", "Bearer x"], peer: undefined });
    const batch = [
      call("rpc.health", undefined, "a"),
      { ...call("rpc.health"), id: undefined },
      call("net.nothing", {}, 2),
      7,
    ];
    const refused = (id: unknown) => failure(-32001, "unauthenticated", { reason: "not_configured" }, id);
    expect(await ask(parts, batch, origin({ caller }))).toEqual([
      refused("a"),
      refused(2),
      failure(-32600, "invalid_request", {}, null),
    ]);
  });

  it("absent, the caller is the peer's user", () => {
    const peer = { pid: 1, uid: 1000, gid: 1000 };
    expect(identify({ rawHeaders: [], peer })).toEqual({ ...local, peer });
  });
});
