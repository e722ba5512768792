import { afterAll, beforeAll, expect, it } from "vitest";
import { type MethodName, methods } from "../../generated/methods.gen.js";
import { validateResult } from "../../generated/results.gen.js";
import { pause } from "../world/daemon.js";
import { describeNetwork } from "../world/namespace.js";
import { steps } from "./write-steps.js";
import { type Answer, WriteWorld } from "./write-world.js";

const WAYS = ["direct", "through"] as const;
const OWN_COURSE = ["vol.scrub", "vol.balance"] as const;

describeNetwork("every write, once through the proxy and once without it, in two worlds that are alike", () => {
  const worlds = { direct: new WriteWorld(), through: new WriteWorld() };
  const answers: Record<(typeof WAYS)[number], Answer[]> = { direct: [], through: [] };

  beforeAll(async () => {
    for (const way of WAYS) {
      const world = worlds[way];
      await world.open();
      for (const { method, params } of steps) {
        answers[way].push(await world.call(way, method, params(world, answers[way])));
        await rested(world, method);
      }
    }
  }, 300_000);
  afterAll(async () => {
    for (const way of WAYS) await worlds[way].close();
  });

  /** What goes on after its answer is waited for: the next call would find it at another point each time. */
  async function rested(world: WriteWorld, method: MethodName): Promise<void> {
    if (!OWN_COURSE.some((start) => method.startsWith(start))) return;
    for (const deadline = Date.now() + 20_000; Date.now() < deadline; await pause(50)) {
      const path = world.at("data");
      const states = await Promise.all(OWN_COURSE.map((name) => world.call("direct", `${name}_status`, { path })));
      if (states.every(({ result }) => result?.state !== "running")) return;
    }
  }

  it("is tried, with success wherever this machine can", () => {
    const writes = Object.entries(methods).filter(([, { right }]) => right === "write" || right === "admin");
    const succeeding = new Set(
      steps.filter(({ comes }) => ["changed", "unchanged", "any"].includes(comes)).map(({ method }) => method),
    );
    // Without a DHCP client, which has suites of its own.
    expect(writes.map(([name]) => name).filter((name) => !succeeding.has(name as MethodName))).toEqual([
      "net.lease.restart",
    ]);
  });

  it.each(steps.map(({ method, comes }, index) => ({ title: `${index} ${method}: ${comes}`, method, comes, index })))(
    "$title",
    ({ method, comes, index }) => {
      const [direct = {}, through = {}] = [answers.direct[index], answers.through[index]];
      expect(worlds.through.common(through)).toEqual(worlds.direct.common(direct));
      const { result, error } = through;
      if (result) expect(validateResult[method](result), JSON.stringify(validateResult[method].errors)).toBe(true);
      if (comes === "any") return;
      const came = error?.data.kind ?? (result?.changed ? "changed" : "unchanged");
      expect(came, JSON.stringify(error ?? result)).toBe(comes);
    },
  );

  it("leaves the same behind", () => {
    expect(worlds.through.looks()).toEqual(worlds.direct.looks());
  });
});
