import { describe, expect, it } from "vitest";
import { editDistance, nearest } from "../../src/words/nearest.js";

describe("the distance between two words", () => {
  it.each([
    ["", "", 0],
    ["", "abc", 3],
    ["gateway", "gateway", 0],
    ["gatway", "gateway", 1],
    ["gatewya", "gateway", 1],
    ["getaway", "gateway", 2],
    ["mask", "metric", 5],
  ])("%j to %j is %i", (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
    expect(editDistance(b, a)).toBe(distance);
  });
});

describe("the nearest word", () => {
  const words = ["net.routes", "net.routes.add", "net.bridge", "vol.usage"];

  it.each([
    ["net.rutes", "net.routes"],
    ["net.route", "net.routes"],
    ["NET.ROUTES", "net.routes"],
    ["vol.usgae", "vol.usage"],
    ["net.routes.ad", "net.routes.add"],
  ])("for %s is %s", (word, meant) => {
    expect(nearest(word, words)).toBe(meant);
  });

  it.each(["", "x", "hello.world", "net", "n".repeat(10_000)])("for %s is none", (word) => {
    expect(nearest(word, words)).toBeUndefined();
  });
});
