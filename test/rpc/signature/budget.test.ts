import { describe, expect, it } from "vitest";
import { VerificationBudget } from "../../../src/rpc/signature/budget.js";
import { StandingClock } from "./parts.js";

function budget(limits = { burst: 5, perSecond: 10, peers: 100 }) {
  const clock = new StandingClock(0);
  return { clock, spender: new VerificationBudget(limits, clock.read) };
}

/** How many of `attempts` verifications a peer can pay at once. */
const paid = (spender: VerificationBudget, peer: string, attempts: number): number =>
  Array.from({ length: attempts }, () => spender.spend(peer)).filter((wait) => wait === 0).length;

describe("the budget for verifications", () => {
  it("lets a peer have a burst, then a rate", () => {
    const { spender, clock } = budget();
    expect(paid(spender, "uid:1000", 8)).toBe(5);
    clock.ms += 200;
    expect(paid(spender, "uid:1000", 8)).toBe(2);
    clock.ms += 3_600_000;
    expect(paid(spender, "uid:1000", 8)).toBe(5);
  });

  it("says after how long the next one is paid, and it is", () => {
    const { spender, clock } = budget();
    paid(spender, "uid:1000", 5);
    clock.ms += 30;
    const wait = spender.spend("uid:1000");
    expect(wait).toBe(70);
    clock.ms += wait - 1;
    expect(spender.spend("uid:1000")).toBeGreaterThan(0);
    clock.ms += 1;
    expect(spender.spend("uid:1000")).toBe(0);
  });

  it("is not used up by others", () => {
    const { spender } = budget();
    expect(paid(spender, "198.51.100.7", 1000)).toBe(5);
    expect(paid(spender, "192.0.2.1", 5)).toBe(5);
  });

  it("costs nothing for a caller who turns out to be known", () => {
    const { spender } = budget();
    for (let call = 0; call < 1000; call++) {
      expect(spender.spend("uid:1000")).toBe(0);
      spender.refund("uid:1000");
    }
    spender.refund("uid:1000");
    expect(paid(spender, "uid:1000", 8)).toBe(5);
  });

  it("remembers so many peers and shuts out nobody for being new", () => {
    const { spender } = budget();
    for (let peer = 0; peer < 10_000; peer++) expect(spender.spend(`2001:db8::${peer.toString(16)}`)).toBe(0);
    expect(spender.peers).toBe(100);
    expect(paid(spender, "192.0.2.1", 8)).toBe(5);
  });

  it("forgets whoever was away longest, not whoever is busy", () => {
    const { spender } = budget();
    expect(paid(spender, "busy", 8)).toBe(5);
    for (let peer = 0; peer < 1000; peer++) {
      spender.spend(`stranger ${peer}`);
      expect(spender.spend("busy")).toBeGreaterThan(0);
    }
  });
});
