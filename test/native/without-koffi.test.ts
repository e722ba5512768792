import { expect, it } from "vitest";
import { LibcUnavailable, loadKoffi } from "../../src/kernel/libc.js";
import { toolError } from "../../src/native/tool-errors.js";

it("where koffi is not there, what needs the C library says so and what to install", () => {
  let thrown: unknown;
  try {
    loadKoffi("file:///nowhere/at-all.js");
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(LibcUnavailable);
  const told = toolError(thrown);
  expect(told).toMatchObject({ kind: "unsupported", details: { mode: "native" } });
  expect(told?.message).toContain("install the npm package koffi");
});
