import { describe, expect, it } from "vitest";
import { RpcError } from "../../../src/rpc/errors.js";
import { NonceStore } from "../../../src/rpc/signature/nonces.js";
import { freshKey, NOW, rfcKey, standingWindow } from "./parts.js";

function store(perKey = 100) {
  const { window, clock } = standingWindow();
  const nonces = new NonceStore({ perKey }, window);
  const use = (nonce: string, created = Math.floor(clock.ms / 1000), key = rfcKey.publicKey): string => {
    const refusal = nonces.use({ key, nonce, created });
    if (refusal === undefined) return "accepted";
    return refusal instanceof RpcError && "reason" in refusal.details ? refusal.details.reason : refusal.kind;
  };
  return { nonces, clock, use };
}

describe("a nonce", () => {
  it("is good once for its key, and once for every other", () => {
    const { use } = store();
    expect(use("one")).toBe("accepted");
    expect(use("one")).toBe("replayed");
    expect(use("two")).toBe("accepted");
    expect(use("one", NOW, freshKey().publicKey)).toBe("accepted");
  });

  it("is not good again for a signature of another second", () => {
    const { use } = store();
    expect(use("one", NOW)).toBe("accepted");
    expect(use("one", NOW - 5)).toBe("replayed");
    expect(use("one", NOW + 5)).toBe("replayed");
  });

  it("is remembered for exactly as long as its signature's time is accepted", () => {
    const { nonces, clock, use } = store();
    expect(use("one", NOW + 60)).toBe("accepted");
    clock.ms += 120_000;
    expect(use("one", NOW + 60)).toBe("replayed");
    expect(nonces.size()).toBe(1);
    clock.ms += 1_000;
    expect(use("one", NOW + 60)).toBe("clock");
    expect(nonces.size()).toBe(0);
    expect(nonces.keys).toBe(0);
  });

  it("of a signature that ran out while its body came is refused, for a replay of it could wait just as long", () => {
    const { nonces, clock, use } = store();
    clock.ms += 61_000;
    expect(use("late", NOW)).toBe("clock");
    expect(use("late", NOW)).toBe("clock");
    expect(nonces.size()).toBe(0);
  });

  it("is still known when the clock goes back to its time", () => {
    const { clock, use } = store();
    expect(use("one")).toBe("accepted");
    clock.ms += 61_000;
    expect(use("two")).toBe("accepted");
    clock.ms -= 61_000;
    expect(use("one", NOW)).toBe("clock");
    expect(use("two", NOW + 61)).toBe("clock");
    expect(use("two", NOW + 60)).toBe("replayed");
    clock.ms -= 7_200_000;
    expect(use("one", NOW)).toBe("clock");
    expect(use("three")).toBe("accepted");
    expect(use("three")).toBe("replayed");
  });
});

describe("the room for nonces", () => {
  it("is each key's own, and when it is full nothing live is forgotten", () => {
    const { nonces, use } = store(3);
    for (const nonce of ["a", "b", "c"]) expect(use(nonce)).toBe("accepted");
    expect(use("d")).toBe("overloaded");
    expect(use("a")).toBe("replayed");
    expect(nonces.size(rfcKey.publicKey)).toBe(3);
    expect(use("d", NOW, freshKey().publicKey)).toBe("accepted");
  });

  it("says when it has room again, and has it then", () => {
    const { nonces, clock, use } = store(2);
    use("a", NOW - 20);
    use("b", NOW);
    const refusal = nonces.use({ key: rfcKey.publicKey, nonce: "c", created: NOW });
    expect(refusal).toMatchObject({ kind: "overloaded", details: { retry_after_ms: 41_000 } });
    clock.ms += 40_000;
    expect(use("c")).toBe("overloaded");
    clock.ms += 1_000;
    expect(use("c")).toBe("accepted");
  });

  it("never grows beyond keys times the limit, and empties by itself", () => {
    const { nonces, clock, use } = store(50);
    const keys = Array.from({ length: 20 }, () => freshKey().publicKey);
    for (let second = 0; second < 300; second++) {
      clock.ms += 1000;
      for (const key of keys) for (let turn = 0; turn < 3; turn++) use(`${second}/${turn}`, undefined, key);
      expect(nonces.size()).toBeLessThanOrEqual(20 * 50);
      expect(nonces.keys).toBeLessThanOrEqual(20);
    }
    expect(nonces.size()).toBe(20 * 50);
    clock.ms += 61_000;
    expect(use("last")).toBe("accepted");
    expect(nonces.size()).toBe(1);
    expect(nonces.keys).toBe(1);
  });

  it("is not held by a wrong time that the clock was set back from", () => {
    const { nonces, clock, use } = store(3);
    clock.ms += 7_200_000;
    for (const nonce of ["a", "b", "c"]) expect(use(nonce)).toBe("accepted");
    clock.ms -= 7_200_000;
    expect(use("d")).toBe("accepted");
    expect(nonces.size()).toBe(1);
  });
});
