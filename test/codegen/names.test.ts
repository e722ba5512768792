import { describe, expect, it } from "vitest";
import { parseSpec } from "../../codegen/house-rules.js";
import * as names from "../../codegen/names.js";
import { readSpecText, tagOf } from "../../codegen/spec.js";

const spec = parseSpec(await readSpecText("."));

describe("the mapping of names", () => {
  it("follows the method for types, SDK and command line", () => {
    expect(names.paramsType("net.routes.add")).toBe("NetRoutesAddParams");
    expect(names.resultType("vol.list_disks")).toBe("VolListDisksResult");
    expect(names.sdkPath("vol.list_disks")).toEqual(["vol", "list_disks"]);
    expect(names.cliPath("vol.list_disks")).toEqual(["vol", "list-disks"]);
    expect(names.cliFlag("size_bytes")).toBe("--size-bytes");
  });

  it("follows the tag for handlers, files and pages", () => {
    expect(names.handlersType("net.routes")).toBe("NetRoutesHandlers");
    expect(names.handlerFile("net.routes")).toBe("src/native/net/routes.ts");
    expect(names.handlerFile("rpc")).toBe("src/rpc/rpc.ts");
    expect(names.referencePage("net.routes")).toBe("reference/net.routes.md");
  });

  it("follows the key for errors", () => {
    expect(names.errorKind("UpstreamUnavailable")).toBe("upstream_unavailable");
    expect(names.errorDataType("NotFound")).toBe("NotFoundErrorData");
  });

  it.each<readonly [string, (name: string) => string]>([
    ["parameters", names.paramsType],
    ["results", names.resultType],
    ["SDK paths", (name) => names.sdkPath(name).join("/")],
    ["commands", (name) => names.cliPath(name).join(" ")],
  ])("gives every method of the specification %s of its own", (_, mapping) => {
    const mapped = new Set(spec.methods.map(({ name }) => mapping(name)));
    expect(mapped.size).toBe(spec.methods.length);
  });

  it.each<readonly [string, (tag: string) => string]>([
    ["handlers", names.handlersType],
    ["a file", names.handlerFile],
    ["a page", names.referencePage],
  ])("gives every tag of the specification %s of its own", (_, mapping) => {
    const tags = new Set(spec.methods.map(tagOf));
    expect(new Set([...tags].map(mapping)).size).toBe(tags.size);
  });

  it("finds nothing to refuse in the specification", () => {
    expect([...names.nameProblems(spec)]).toEqual([]);
  });
});
