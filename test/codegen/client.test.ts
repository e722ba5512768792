import { describe, expect, it } from "vitest";
import { sdkPath } from "../../codegen/names.js";
import { type Call, createClient } from "../../generated/client.gen.js";
import { commands } from "../../generated/commands.gen.js";
import { methods } from "../../generated/methods.gen.js";

/** A client whose calls are only written down. */
function recording() {
  const calls: unknown[][] = [];
  const call: Call = (...args) => {
    calls.push(args);
    return new Promise(() => {});
  };
  return { client: createClient(call), calls };
}

describe("the generated client", () => {
  it("has every method under its own path, and sends it under its own name", () => {
    const { client, calls } = recording();
    for (const name of Object.keys(methods)) {
      const found = sdkPath(name).reduce<unknown>((at, word) => Reflect.get(Object(at), word), client);
      Reflect.apply(found as () => unknown, undefined, [{ marker: name }]);
    }
    expect(calls).toEqual(Object.keys(methods).map((name) => [name, { marker: name }, undefined]));
  });

  it("lets a name be a method and a namespace at once", () => {
    const { client, calls } = recording();
    const options = { signal: AbortSignal.timeout(1000) };
    void client.net.routes();
    void client.net.routes({ family: "inet" }, options);
    void client.net.routes.add({ dst: "198.51.100.0/24" });
    expect(calls).toEqual([
      ["net.routes", {}, undefined],
      ["net.routes", { family: "inet" }, options],
      ["net.routes.add", { dst: "198.51.100.0/24" }, undefined],
    ]);
  });

  it("leaves a callable namespace its members as a function, and is not mistaken for a promise", async () => {
    const { client } = recording();
    expect(client.net.routes.call).toBe(Function.prototype.call);
    expect(await client.net).toBe(client.net);
  });
});

describe("the command table", () => {
  it("has one command for every method, with the method's own right and marks", () => {
    expect(
      commands.map(({ method, right, destructive, mosOnly }) => [method, { right, destructive, mosOnly }]),
    ).toEqual(
      Object.entries(methods).map(([name, { right, destructive, mosOnly }]) => [name, { right, destructive, mosOnly }]),
    );
  });

  it("has a flag for every parameter, in positional order", () => {
    expect(commands.map(({ flags }) => flags.map(({ name }) => name))).toEqual(
      Object.values(methods).map(({ params }) => params),
    );
  });

  it("writes words with hyphens", () => {
    expect(commands.find(({ method }) => method === "vol.list_disks")?.path).toEqual(["vol", "list-disks"]);
  });
});
