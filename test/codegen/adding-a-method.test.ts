import { mkdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ProjectCopy } from "./project-copy.js";

const METHOD = {
  name: "net.dummy.ping_all",
  summary: "Ping every dummy.",
  description: "Sends one packet to each dummy.",
  tags: [{ name: "net.dummy" }],
  paramStructure: "either",
  "x-right": "write",
  "x-deadline-ms": 5000,
  params: [
    {
      name: "interface",
      required: true,
      description: "By this interface.",
      schema: { $ref: "#/components/schemas/InterfaceName" },
    },
  ],
  result: { name: "pinged", schema: { $ref: "#/components/schemas/DummyPingResult" } },
  examples: [
    {
      name: "one",
      params: [{ name: "interface", value: "eth0" }],
      result: { name: "pinged", value: { changed: false, warnings: [], count: 1 } },
    },
  ],
};

const RESULT = {
  title: "DummyPingResult",
  type: "object",
  additionalProperties: false,
  required: ["changed", "warnings", "count"],
  description: "How many answered.",
  properties: {
    changed: { type: "boolean", description: "Always false." },
    warnings: { $ref: "#/components/schemas/Warnings" },
    count: { type: "integer", minimum: 0, maximum: 1000, description: "Dummies that answered." },
  },
};

const HANDLER_FILE = "src/native/net/dummy.ts";
const handlers = (body: string): string =>
  `import type { NetDummyHandlers } from "../../../generated/handlers.gen.js";\n\nexport const dummy: NetDummyHandlers = {${body}};\n`;

/** Type-checks the handler's file alone. */
const CHECK = {
  extends: "./tsconfig.json",
  compilerOptions: { noEmit: true, incremental: false, tsBuildInfoFile: null },
  include: [],
  files: [HANDLER_FILE],
};

// The steps of "How to add a method" in CONTRIBUTING.md, in their order.
// Each test may run npm and a compiler, on a machine that may be busy.
describe("adding a method", { timeout: 180_000 }, () => {
  let project: ProjectCopy;
  beforeAll(() => {
    project = new ProjectCopy();
    project.editSpec(({ methods, components }) => {
      (methods as unknown[]).push(METHOD); // the document is our own specification
      Object.assign((components as { schemas: object }).schemas, { DummyPingResult: RESULT });
    });
    mkdirSync(project.path("src/native/net"), { recursive: true });
    project.write("tsconfig.check.json", JSON.stringify(CHECK));
  });
  afterAll(() => project.remove());

  const typecheck = () => project.run(process.execPath, "node_modules/typescript/bin/tsc", "-p", "tsconfig.check.json");

  it("starts with the description, from which `npm run generate` makes the rest", () => {
    expect(project.npm("generate")).toMatchObject({ status: 0, stderr: "" });
  });

  it("gives it types", () => {
    const types = project.read("generated/types.gen.ts");
    expect(types).toContain("export interface NetDummyPingAllParams {");
    expect(types).toContain("export type NetDummyPingAllResult = DummyPingResult;");
    expect(project.read("generated/methods.gen.ts")).toContain('"net.dummy.ping_all": {');
  });

  it("gives it validators", async () => {
    const { validateParams } = await import(project.path("generated/params.gen.ts"));
    const { validateResult } = await import(project.path("generated/results.gen.ts"));
    expect(validateParams["net.dummy.ping_all"]({ interface: "eth0" })).toBe(true);
    expect(validateParams["net.dummy.ping_all"]({ interfase: "eth0" })).toBe(false);
    expect(validateResult["net.dummy.ping_all"]({ changed: false, warnings: [], count: 1 })).toBe(true);
    expect(validateResult["net.dummy.ping_all"]({ changed: false, warnings: [], count: -1 })).toBe(false);
  });

  it("gives it a function of the client", async () => {
    const { createClient } = await import(project.path("generated/client.gen.ts"));
    const call = vi.fn();
    createClient(call).net.dummy.ping_all({ interface: "eth0" });
    expect(call).toHaveBeenCalledWith("net.dummy.ping_all", { interface: "eth0" }, undefined);
  });

  it("gives it a command", async () => {
    const { commands } = await import(project.path("generated/commands.gen.ts"));
    expect(commands.at(-1)).toMatchObject({
      path: ["net", "dummy", "ping-all"],
      method: "net.dummy.ping_all",
      flags: [{ name: "interface", flag: "--interface", type: "string", required: true }],
    });
  });

  it("gives it a page", () => {
    const page = project.read("generated/reference/net.dummy.md");
    expect(page).toContain("## net.dummy.ping_all");
    expect(page).toContain("my-os-ctl net dummy ping-all --interface eth0");
  });

  it("lets `npm run build` name the handler that is missing", () => {
    const { status, stdout } = project.npm("build");
    expect(status).not.toBe(0);
    expect(stdout).toMatch(/^src\/native\/native\.ts/);
    expect(stdout).toContain(`Property '"net.dummy.ping_all"' is missing`);
  });

  it("does not compile while its topic lacks the handler", () => {
    project.write(HANDLER_FILE, handlers(""));
    const { status, stdout } = typecheck();
    expect(status).not.toBe(0);
    expect(stdout).toContain(`Property '"net.dummy.ping_all"' is missing in type '{}'`);
  });

  it("does not compile while the handler reads a misspelt parameter", () => {
    project.write(
      HANDLER_FILE,
      handlers(`"net.dummy.ping_all": ({ interfase }) => ({ changed: false, warnings: [], count: interfase ? 1 : 0 })`),
    );
    const { status, stdout } = typecheck();
    expect(status).not.toBe(0);
    expect(stdout).toContain("Property 'interfase' does not exist on type 'NetDummyPingAllParams'");
  });

  it("compiles once the handler is there", () => {
    project.write(
      HANDLER_FILE,
      handlers(`"net.dummy.ping_all": (params) => ({ changed: false, warnings: [], count: params.interface.length })`),
    );
    expect(typecheck()).toMatchObject({ status: 0, stdout: "" });
  });
});
