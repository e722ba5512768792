import { describe, expect, it } from "vitest";
import type { SigningKey } from "../../../sdk/signature.js";
import { RpcError } from "../../../src/rpc/errors.js";
import { VerificationBudget } from "../../../src/rpc/signature/budget.js";
import { SignatureGate } from "../../../src/rpc/signature/gate.js";
import { NonceStore } from "../../../src/rpc/signature/nonces.js";
import { freshKey, raw, rfcKey, rules, StandingClock, signed, standingWindow, type TestRequest } from "./parts.js";

const headOf = ({ method, target, headers }: TestRequest) => ({ method, target, rawHeaders: raw(headers) });

/** A gate whose access list names the key of the RFC only. */
function gate({ perKey = 100, burst = 5 } = {}) {
  const { window, clock } = standingWindow();
  const nonces = new NonceStore({ perKey }, window);
  const budget = new VerificationBudget({ burst, perSecond: 1, peers: 10 }, new StandingClock(0).read);
  const isNamed = (key: string) => key === rfcKey.publicKey;
  const doors = new SignatureGate({ rules: rules({ window }), nonces, budget, isNamed });
  const pass = (request: TestRequest, peer = "192.0.2.1"): string => {
    const head = doors.head(headOf(request), peer);
    const found = head instanceof RpcError ? head : doors.body(head, Buffer.from(request.body), peer);
    if (!(found instanceof RpcError)) return `${found.isNamed ? "named" : "unnamed"} ${found.key}`;
    return "reason" in found.details ? found.details.reason : found.kind;
  };
  return { doors, nonces, clock, pass };
}

let made = 0;
const request = (key: SigningKey = rfcKey): TestRequest => signed(key, { nonce: `nonce-of-the-gate-${made++}` });
const tampered = (): TestRequest => ({ ...request(), target: "/" });

describe("the gate", () => {
  it("lets a signed request through once", () => {
    const { pass } = gate();
    const once = request();
    expect(pass(once)).toBe(`named ${rfcKey.publicKey}`);
    expect(pass(once)).toBe("replayed");
    expect(pass(request())).toBe(`named ${rfcKey.publicKey}`);
  });

  it("lets one of two through that are under way at the same time", () => {
    const { doors } = gate();
    const twice = request();
    const heads = [1, 2].map(() => doors.head(headOf(twice), "192.0.2.1"));
    const outcomes = heads.map((head) =>
      head instanceof RpcError ? head : doors.body(head, Buffer.from(twice.body), "192.0.2.1"),
    );
    expect(outcomes).toEqual([
      { key: rfcKey.publicKey, isNamed: true },
      expect.objectContaining({ details: { reason: "replayed" } }),
    ]);
  });

  it("does not use up the nonce of a request whose body or signature is not good", () => {
    const { pass, nonces } = gate();
    const good = request();
    expect(pass({ ...good, body: "{}" })).toBe("bad_signature");
    expect(pass({ ...good, method: "PUT" })).toBe("bad_signature");
    expect(nonces.size()).toBe(0);
    expect(pass(good)).toBe(`named ${rfcKey.publicKey}`);
    expect(nonces.size()).toBe(1);
  });

  it("tells a key that nobody named from one that is, and keeps nothing of it", () => {
    const { pass, nonces } = gate();
    const stranger = freshKey();
    expect(pass(request(stranger))).toBe(`unnamed ${stranger.publicKey}`);
    expect(nonces.size()).toBe(0);
  });

  it("is overloaded for a key that signs too much, and for nobody else", () => {
    const { pass } = gate({ perKey: 2 });
    expect([pass(request()), pass(request()), pass(request())]).toEqual([
      `named ${rfcKey.publicKey}`,
      `named ${rfcKey.publicKey}`,
      "overloaded",
    ]);
    const stranger = freshKey();
    expect(pass(request(stranger))).toBe(`unnamed ${stranger.publicKey}`);
  });

  it.each([
    ["bad signatures", tampered],
    ["good signatures of a key that nobody named", () => request(freshKey())],
    ["no signature to speak of", () => ({ ...request(), headers: { Signature: "x" } })],
  ])("is overloaded for a peer that sends %s, while another peer's go through", (_what, bad) => {
    const { pass } = gate();
    for (let attempt = 0; attempt < 5; attempt++) expect(pass(bad(), "198.51.100.7")).not.toBe("overloaded");
    expect(pass(bad(), "198.51.100.7")).toBe("overloaded");
    for (let call = 0; call < 20; call++) expect(pass(request())).toBe(`named ${rfcKey.publicKey}`);
  });

  it("is overloaded for a peer that replays", () => {
    const { pass } = gate();
    const once = request();
    expect(pass(once)).toBe(`named ${rfcKey.publicKey}`);
    for (let attempt = 0; attempt < 5; attempt++) expect(pass(once, "198.51.100.7")).toBe("replayed");
    expect(pass(once, "198.51.100.7")).toBe("overloaded");
  });
});
