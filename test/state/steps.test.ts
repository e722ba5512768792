import { describe, expect, it } from "vitest";
import { inSteps, type UndoFailure } from "../../src/state/steps.js";

const world = () => {
  const seen: string[] = [];
  const failures: UndoFailure[] = [];
  const step = (name: string) => [name, () => seen.push(name), () => seen.push(`undo ${name}`)] as const;
  return { seen, failures, step, onUndoFailure: (failure: UndoFailure) => failures.push(failure) };
};

describe("a write in steps", () => {
  it("answers its value and undoes nothing when all went well", async () => {
    const { seen, step, onUndoFailure } = world();
    const answer = await inSteps({ onUndoFailure }, async (steps) => {
      await steps.do(...step("link"));
      return "made";
    });
    expect(answer).toBe("made");
    expect(seen).toEqual(["link"]);
  });

  it("undoes what was done, latest first, and throws what went wrong", async () => {
    const { seen, step, onUndoFailure } = world();
    const failing = inSteps({ onUndoFailure }, async (steps) => {
      await steps.do(...step("entry"));
      await steps.do(...step("link"));
      await steps.do(
        "up",
        () => Promise.reject(new Error("no carrier")),
        () => seen.push("never"),
      );
    });
    await expect(failing).rejects.toThrow("no carrier");
    expect(seen).toEqual(["entry", "link", "undo link", "undo entry"]);
  });

  it("goes on undoing past an undo that fails, and tells of it", async () => {
    const { seen, failures, step, onUndoFailure } = world();
    const failing = inSteps({ onUndoFailure }, async (steps) => {
      await steps.do(...step("entry"));
      await steps.do(
        "link",
        () => {},
        () => Promise.reject(new Error("busy")),
      );
      throw new Error("later");
    });
    await expect(failing).rejects.toThrow("later");
    expect(seen).toEqual(["entry", "undo entry"]);
    expect(failures).toMatchObject([{ step: "link", error: { message: "busy" } }]);
  });

  it("undoes a step whose hook fails: a test can fail it after any step", async () => {
    const { seen, step, onUndoFailure } = world();
    const hook = (name: string) => {
      if (name === "link") throw new Error("injected");
    };
    const failing = inSteps({ onUndoFailure, hook }, async (steps) => {
      await steps.do(...step("entry"));
      await steps.do(...step("link"));
    });
    await expect(failing).rejects.toThrow("injected");
    expect(seen).toEqual(["entry", "link", "undo link", "undo entry"]);
  });
});
