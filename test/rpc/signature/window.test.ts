import { describe, expect, it } from "vitest";
import { outOfTime, Window } from "../../../src/rpc/signature/window.js";
import { crafted, NOW, parameters, rfcKey, StandingClock, standingWindow, verdict } from "./parts.js";

/** How a verdict begins for a request that was correctly signed at a time. */
const at = (window: Window, created: number, expires?: number): string => {
  const claims = {
    ...parameters,
    created: String(created),
    ...(expires !== undefined && { expires: String(expires) }),
  };
  const said = verdict(crafted({ claims }), { window });
  return said === rfcKey.publicKey ? "accepted" : (said.split(":", 1)[0] ?? "");
};

describe("the time of a signature", () => {
  it.each([
    [-61, "clock"],
    [-60, "accepted"],
    [0, "accepted"],
    [60, "accepted"],
    [61, "clock"],
    [-NOW, "clock"],
    [NOW, "clock"],
  ])("%i s from ours: %s", (offset, answer) => {
    expect(at(standingWindow().window, NOW + offset)).toBe(answer);
  });

  it("is counted in whole seconds, like the signature's own", () => {
    const { window, clock } = standingWindow();
    clock.ms += 999;
    expect(at(window, NOW - 60)).toBe("accepted");
    expect(at(window, NOW + 61)).toBe("clock");
  });

  it("is answered with ours where it is refused", () => {
    const { window } = standingWindow();
    expect(outOfTime({ created: NOW - 3600 }, window.span())?.details).toEqual({ reason: "clock", server_time: NOW });
    expect(outOfTime({ created: NOW + 3600 }, window.span())?.details).toEqual({ reason: "clock", server_time: NOW });
  });

  it("ends when the signature says so", () => {
    const { window } = standingWindow();
    expect(at(window, NOW, NOW + 1)).toBe("accepted");
    expect(at(window, NOW - 10, NOW)).toBe("expired");
    expect(at(window, NOW, NOW - 1)).toBe("expired");
  });
});

describe("a process that has just started", () => {
  it("refuses what may have been accepted before, and names a time that it accepts", () => {
    const clock = new StandingClock(NOW * 1000 + 400);
    const window = new Window(clock.read);
    expect(at(window, NOW - 1)).toBe("clock");
    expect(at(window, NOW)).toBe("clock");
    const refusal = outOfTime({ created: NOW }, window.span());
    expect(refusal?.details).toEqual({ reason: "clock", server_time: NOW + 1 });
    expect(at(window, NOW + 1)).toBe("accepted");
    clock.ms += 30_000;
    expect(at(window, NOW)).toBe("clock");
    expect(at(window, NOW + 1)).toBe("accepted");
  });
});

describe("a clock that is set back", () => {
  it("by a little does not bring back times that are over, and the time that is named is accepted", () => {
    const { window, clock } = standingWindow();
    expect(at(window, NOW - 30)).toBe("accepted");
    clock.ms += 100_000;
    expect(at(window, NOW - 30)).toBe("clock");
    clock.ms -= 100_000;
    expect(at(window, NOW - 30)).toBe("clock");
    expect(at(window, NOW)).toBe("clock");
    const refusal = outOfTime({ created: NOW }, window.span());
    expect(refusal?.details).toMatchObject({ server_time: NOW + 40 });
    expect(at(window, NOW + 40)).toBe("accepted");
  });

  it("by hours counts as a start: nobody waits until the wrong time comes", () => {
    const { window, clock } = standingWindow();
    clock.ms += 7_200_000;
    expect(at(window, NOW + 7200)).toBe("accepted");
    clock.ms -= 7_200_000;
    expect(at(window, NOW + 7200)).toBe("clock");
    expect(at(window, NOW - 1)).toBe("clock");
    expect(at(window, NOW)).toBe("accepted");
  });
});
