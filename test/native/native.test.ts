import { describe, expect, expectTypeOf, it } from "vitest";
import type { Handlers } from "../../generated/handlers.gen.js";
import { type MethodName, methods } from "../../generated/methods.gen.js";
import { Files } from "../../src/kernel/files.js";
import { absentFromNative, nativeDaemon } from "../../src/native/native.js";
import { callContext } from "../world/call-context.js";

type Answered = Awaited<ReturnType<typeof nativeDaemon>>["handlers"];

const { log } = callContext();
const { handlers } = await nativeDaemon({
  files: new Files(),
  stateDir: "/nonexistent",
  version: "0.0.0",
  nodeId: "none",
  log,
});
const mosOnly = Object.entries(methods).flatMap(([name, info]) => (info.mosOnly ? [name] : []));

describe("every method of the specification", () => {
  it("is answered, or of MOS nodes only, or of the rpc topic, and never two of these", () => {
    const all = [...Object.keys(handlers), ...mosOnly, "rpc.discover", "rpc.health"];
    expect(all.sort()).toEqual(Object.keys(methods).sort());
  });

  it("that is neither answered nor listed is a compile error", () => {
    const { "vol.usage": _, ...short } = handlers;
    // @ts-expect-error: `vol.usage` is missing.
    const table: Answered = short;
    expect(Object.hasOwn(table, "vol.usage")).toBe(false);
  });

  it("that is answered and listed as absent is a compile error", () => {
    const twice = { ...handlers, "net.ovs": () => Promise.reject(new Error("never called")) };
    // @ts-expect-error: `net.ovs` is of MOS nodes only.
    const table: Answered = twice;
    expect(Object.hasOwn(table, "net.ovs")).toBe(true);
    expectTypeOf(handlers["vol.usage"]).toEqualTypeOf<Handlers["vol.usage"]>();
  });

  it.each(mosOnly as MethodName[])("%s says that only MOS nodes have Open vSwitch", (method) => {
    expect(absentFromNative(method)).toMatchObject({
      kind: "unsupported",
      details: { reason: "Open vSwitch is answered on MOS nodes only", mode: "native" },
    });
  });
});
