import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generate } from "../../codegen/generate.js";
import { parseSpec } from "../../codegen/house-rules.js";
import { listFiles, staleness } from "../../codegen/output-folder.js";
import { readRecords } from "../../codegen/records.js";
import { readSpecText } from "../../codegen/spec.js";
import { ProjectCopy } from "./project-copy.js";

describe("generated/", () => {
  it("is what openrpc.json says, file for file and byte for byte", async () => {
    const files = await generate(parseSpec(await readSpecText(".")), await readRecords("."));
    expect(await staleness("generated", files)).toEqual([]);
  });
});

// Each test runs npm and a compiler a few times, on a machine that may be busy.
describe("the commands", { timeout: 180_000 }, () => {
  let project: ProjectCopy;
  beforeAll(() => {
    project = new ProjectCopy();
  });
  afterAll(() => project.remove());

  it("`npm run generate` repairs what was changed, missing or left over, by @open-rpc/generator", async () => {
    project.write("generated/methods.gen.ts", "// edited by hand\n");
    project.write("generated/left-over.gen.ts", "");
    project.run("rm", "generated/errors.gen.ts");
    const check = project.npm("generate:check");
    expect(check.status).toBe(1);
    expect(check.stderr.split("\n")).toEqual([
      "generated/methods.gen.ts differs",
      "generated/errors.gen.ts is missing",
      "generated/left-over.gen.ts is generated from nothing",
      "generated/ is not what openrpc.json says. Run `npm run generate` and commit the result.",
      "",
    ]);

    expect(project.npm("generate")).toMatchObject({ status: 0, stderr: "" });
    expect(await listFiles(project.path("generated"))).toEqual(await listFiles("generated"));
    for (const name of await listFiles("generated")) {
      expect(project.read(`generated/${name}`) === readFileSync(`generated/${name}`, "utf8"), name).toBe(true);
    }
    expect(project.npm("generate:check")).toMatchObject({ status: 0, stderr: "" });
  });

  it.each<readonly [string, (document: Record<string, unknown>) => void, string]>([
    [
      "a broken house rule",
      (document) => Object.assign(document, { "x-common-errors": ["Zed"] }),
      "openrpc.json: x-common-errors: `Zed` is not in `components.errors`",
    ],
    [
      "a document that the generator could not read",
      (document) => Object.assign(document, { methods: [{ $ref: "#/nowhere" }] }),
      "openrpc.json: methods: a method must stand where it is, not behind a `$ref`",
    ],
  ])("`npm run generate` and its check refuse %s and write nothing", async (_, edit, sentence) => {
    const before = project.read("generated/methods.gen.ts");
    project.editSpec(edit);
    for (const script of ["generate", "generate:check"]) {
      const { status, stderr } = project.npm(script);
      expect(status).toBe(1);
      expect(stderr).toContain(sentence);
      expect(stderr).not.toContain("    at ");
    }
    expect(project.read("generated/methods.gen.ts")).toBe(before);
    expect(await listFiles(project.path("generated"))).toEqual(await listFiles("generated"));
  });

  it("the generator refuses a broken house rule by itself too", () => {
    project.editSpec((document) => Object.assign(document, { "x-common-errors": ["Zed"] }));
    const { status, stderr } = project.run(
      "node_modules/.bin/open-rpc-generator",
      "generate",
      "-c",
      "codegen/open-rpc-generator.json",
    );
    expect(status).toBe(1);
    expect(stderr).toContain("x-common-errors: `Zed` is not in `components.errors`");
  });

  describe("`npm run spec:compat`", () => {
    const git = (...args: readonly string[]) =>
      project.run("git", "-c", "user.name=t", "-c", "user.email=t@example.org", ...args);
    const dropMethod = (document: Record<string, unknown>): void => {
      if (Array.isArray(document.methods)) document.methods.pop();
    };

    it("says that there is no release yet", () => {
      git("init", "--quiet");
      expect(project.npm("spec:compat")).toMatchObject({
        status: 0,
        stdout: expect.stringMatching(/^No release is recorded in docs\/interface yet/),
      });
    });

    it("accepts what keeps the release's promises, and names what breaks them", () => {
      project.editSpec(() => {});
      git("add", "openrpc.json");
      git("commit", "--quiet", "--message", "release");
      git("tag", "v0.1.0");
      const unrecorded = project.npm("spec:compat");
      expect(unrecorded).toMatchObject({ status: 1, stderr: expect.stringMatching(/^v0\.1\.0 is tagged, but/) });
      expect(project.npm("spec:record")).toMatchObject({ status: 0, stderr: "" });
      // A checkout without history has the records, and needs no more.
      project.run("rm", "-rf", ".git");
      expect(project.npm("spec:compat")).toMatchObject({
        status: 0,
        stdout: expect.stringContaining("keeps what 0.1.0 promised"),
      });

      project.editSpec(dropMethod);
      const { status, stderr } = project.npm("spec:compat");
      expect(status).toBe(1);
      expect(stderr).toMatch(/^openrpc\.json: \S+: the method is gone\n/);
      expect(stderr).toContain("raise the minor version");
    });

    it("keeps a record as it was, and shows what the next version changes", () => {
      const record = project.read("docs/interface/0.1.0.json");
      project.editSpec(({ methods }) => {
        const method = Array.isArray(methods) && methods.find(({ name }) => name === "net.routes.add");
        Object.assign(method, { "x-right": "admin" });
      });
      expect(project.npm("spec:record")).toMatchObject({
        status: 1,
        stderr: expect.stringContaining("holds another interface under this version"),
      });
      expect(project.read("docs/interface/0.1.0.json")).toBe(record);
      const { status, stdout } = project.npm("spec:changes");
      expect(status).toBe(0);
      expect(stdout).toBe(
        "breaking  net.routes.add: it needs the right `admin` instead of `write`\n0.1.0 → 0.1.0: 1 changes, 1 of them breaking.\n",
      );
      expect(project.run("node", "dist/codegen/differences.js", "9.9.9")).toMatchObject({
        status: 64,
        stdout: "",
        stderr: "9.9.9 is not recorded in docs/interface: there is 0.1.0-draft, 0.1.0\n",
      });
    });

    it("accepts the break once the version says so", () => {
      project.editSpec((document) => {
        dropMethod(document);
        Object.assign(document, { info: { title: "my_os_server", version: "0.2.0" } });
      });
      expect(project.npm("spec:compat").status).toBe(0);
    });
  });
});
