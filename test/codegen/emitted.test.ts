import { describe, expect, it } from "vitest";
import { docComment } from "../../codegen/doc-comment.js";
import { emitClient } from "../../codegen/emit/client.js";
import { emitCommands } from "../../codegen/emit/commands.js";
import { emitErrors } from "../../codegen/emit/errors.js";
import { emitHandlers } from "../../codegen/emit/handlers.js";
import { emitMethods } from "../../codegen/emit/methods.js";
import { emitReference } from "../../codegen/emit/reference.js";
import { emitTypes } from "../../codegen/emit/types.js";
import { generate } from "../../codegen/generate.js";
import { parseSpec } from "../../codegen/house-rules.js";
import { anchor } from "../../codegen/markdown.js";
import { readSpecText } from "../../codegen/spec.js";
import { smallSpec, smallText } from "./small-spec.js";

const small = smallSpec();
const flat = (text: string): string => text.replace(/\s+/g, " ");

describe("types", () => {
  it("are exported under the component's title, once, and nothing else is", async () => {
    const { text } = await emitTypes(small);
    const names = [...text.matchAll(/^export (?:type|interface) (\w+)/gm)].map(([, name]) => name);
    const calls = ["RpcHealth", "NetThings", "NetThingsAdd", "VolListBoxes"];
    expect(names.toSorted()).toEqual(
      [
        "Uint64",
        ...Object.keys(small.components.schemas),
        ...calls.flatMap((call) => [`${call}Params`, `${call}Result`]),
      ].toSorted(),
    );
  });

  it("say what may be absent, what is 64-bit and what takes nothing", async () => {
    const text = flat((await emitTypes(small)).text.replace(/\/\*\*[\s\S]*?\*\//g, ""));
    expect(text).toContain("export type Bytes = Uint64;");
    expect(text).toContain('export interface Thing { name: Name; size_bytes?: Bytes; marks: ("old" | "new")[]; }');
    expect(text).toContain(
      "export interface NetThingsAddParams { name: Name; size_bytes?: Bytes; marks?: string[]; force?: boolean; }",
    );
    expect(text).toContain("export type NetThingsResult = Thing[];");
    expect(text).toContain("export type NetThingsAddResult = ThingWriteResult;");
    expect(text).toContain("export type RpcHealthParams = Record<string, never>;");
  });

  it("keep one name for a type that has words of its own where it is used", async () => {
    const { text } = await emitTypes(small);
    expect(text).not.toMatch(/Bytes1|Name1/);
    expect(text).toContain("Its size, where known.");
  });
});

describe("tables and interfaces", () => {
  it("list each method with what dispatch must know", () => {
    const { text } = emitMethods(small);
    expect(flat(text)).toContain(
      '"net.things.add": { right: "write", tag: "net.things", summary: "Add a thing.", params: ["name", "size_bytes", "marks", "force"], deadlineMs: 5000, mosOnly: false, destructive: false, deprecated: false, secrets: [], errors: ["not_found"], }',
    );
    expect(text).toContain('export const commonErrors = ["parse_error"]');
    expect(text).toContain('"net.things": { params: NetThingsParams; result: NetThingsResult };');
  });

  it("list each error under its kind", () => {
    const { text } = emitErrors(small);
    expect(text).toContain('not_found: { code: 1004, message: "not found" }');
    expect(text).toContain("not_found: NotFoundErrorData;");
  });

  it("ask one interface of each topic for its handlers", () => {
    const { text } = emitHandlers(small);
    expect(text).toContain("export interface NetThingsHandlers {");
    expect(text).toContain(
      '"net.things"(params: NetThingsParams, context: CallContext): NetThingsResult | Promise<NetThingsResult>;',
    );
    expect(flat(text)).toContain("export type Handlers = & RpcHandlers & NetThingsHandlers & VolBoxesHandlers;");
  });

  it("give each parameter the flag that its type asks for", () => {
    const { text } = emitCommands(
      smallSpec([
        "methods/2/params/-",
        {
          name: "most",
          description: "Or none.",
          schema: { anyOf: [{ $ref: "#/components/schemas/Bytes" }, { type: "null" }] },
        },
      ]),
    );
    const lines = flat(text);
    expect(lines).toContain('name: "name", flag: "--name", type: "string", required: true, repeatable: false');
    expect(lines).toContain('name: "size_bytes", flag: "--size-bytes", type: "integer", required: false');
    expect(lines).toContain('name: "marks", flag: "--marks", type: "string", required: false, repeatable: true');
    expect(lines).toContain('name: "color", flag: "--color", type: "string", enum: ["red", "blue"]');
    expect(lines).toContain(
      'name: "most", flag: "--most", type: "integer", required: false, repeatable: false, nullable: true',
    );
    expect(lines).toMatch(/name: "force", flag: "--force", type: "boolean", [^}]*default: false/);
  });

  it("let a deprecated method be seen as such", () => {
    const deprecated = smallSpec(["methods/3/deprecated", true]);
    for (const { text } of [emitHandlers(deprecated), emitClient(deprecated)]) expect(text).toContain("@deprecated");
  });
});

describe("comments", () => {
  it("are not ended by a path with an asterisk", () => {
    expect(docComment(["Reads `/proc/*/things`."])).toBe("/** Reads `/proc/*\\/things`. */\n");
  });

  it("are wrapped, and keep parameters together", () => {
    const comment = docComment(["word ".repeat(60).trim(), "@param a A.", "@param b B."], "  ");
    expect(Math.max(...comment.split("\n").map((line) => line.length))).toBeLessThanOrEqual(120);
    expect(comment).toContain("   *\n   * @param a A.\n   * @param b B.\n   */\n");
  });
});

describe("reference pages", () => {
  const pages = new Map(emitReference(small).map(({ path, text }) => [path, text]));
  const page = pages.get("reference/net.things.md") ?? "";

  it("are an overview, one for each topic, one of errors, one of shared types", () => {
    expect([...pages.keys()]).toEqual(
      ["index", "rpc", "net.things", "vol.boxes", "errors", "types"].map((name) => `reference/${name}.md`),
    );
  });

  it("say right, parameters, result and errors of a method", () => {
    expect(page).toContain("## net.things.add\n");
    expect(page).toContain("Right: write. Deadline: 5 s.");
    expect(page).toContain("| `name` | [Name](types.md#name) | yes | Its name. |");
    expect(page).toContain("**Result:** [ThingWriteResult](#thingwriteresult).");
    expect(page).toContain("**Errors:** [`not_found`](errors.md#not-found), the [errors of every method]");
  });

  it("show each example as request, answer, curl, SDK and command line", () => {
    expect(page).toContain('"method": "net.things.add"');
    expect(page).toContain('"changed": true');
    expect(page).toContain(`--data '{"jsonrpc":"2.0","id":1,"method":"net.things.add","params":{"name":"it'\\''s"`);
    expect(page).toContain('await os.net.things.add({ name: "it\'s", marks: ["old", "new"], force: true });');
    expect(page).toContain("my-os-ctl net things add --name 'it'\\''s' --marks old --marks new --force");
  });

  it("hold no HTML that a description did not mean", () => {
    expect(page).toContain("or &lt;none> where there are none");
    expect(page).toContain("from `/proc/*/things`");
  });

  it("list every method with its right in the overview", () => {
    expect(pages.get("reference/index.md")).toMatch(
      /\| \[`net\.things\.add`\]\(net\.things\.md#net-things-add\) \| .+ \| write \|/,
    );
  });

  it("warn of methods that can destroy data or are deprecated", () => {
    const edited = emitReference(smallSpec(["methods/2/x-destructive", true], ["methods/2/deprecated", true]));
    expect(edited.map(({ text }) => text).join()).toContain("**Deprecated.** **Can destroy data.** Right: write.");
  });

  it("link to headings that are there, over the whole specification", async () => {
    const files = emitReference(parseSpec(await readSpecText(".")));
    const headings = new Map(
      files.map(({ path, text }) => [
        path,
        new Set([...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) => anchor(title ?? ""))),
      ]),
    );
    const links = files.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\(([^)#]*)#([^)]+)\)/g)].map(([, page, target]) => ({
        from: path,
        page: page ? `reference/${page}` : path,
        target: target ?? "",
      })),
    );
    expect(links.length).toBeGreaterThan(500);
    expect(links.filter(({ page, target }) => !headings.get(page)?.has(target))).toEqual([]);
  });
});

describe("secrets", () => {
  const secretsIn = (text: string) =>
    [...flat(text).matchAll(/secrets: \[(.*?)\]/g)].map(([, paths = ""]) => paths.match(/[^", ]+/g) ?? []);
  const schemas = "components/schemas";
  const text = (extra: object = {}) => ({ type: "string", maxLength: 8, description: "Words.", ...extra });

  it("are told by path, wherever a parameter's schema holds one", () => {
    const user = { title: "User", type: "object", properties: { name: text(), password: text({ "x-secret": true }) } };
    const spec = smallSpec(
      [`${schemas}/User`, user],
      ["methods/2/params/0/schema", { allOf: [{ $ref: "#/components/schemas/User" }] }],
      ["methods/2/params/1/schema", { type: "array", items: { $ref: "#/components/schemas/User" } }],
      ["methods/2/params/2/schema", text({ "x-secret": true })],
    );
    const names = small.methods[2]?.params.map(({ name }) => name) ?? [];
    expect(secretsIn(emitMethods(spec).text)[2]).toEqual([
      `${names[0]}.password`,
      `${names[1]}.*.password`,
      `${names[2]}`,
    ]);
  });

  it("in what holds itself end", () => {
    const tree = {
      type: "object",
      properties: { key: text({ "x-secret": true }), next: { $ref: "#/components/schemas/Tree" } },
    };
    const spec = smallSpec(
      [`${schemas}/Tree`, tree],
      ["methods/2/params/0/schema", { $ref: "#/components/schemas/Tree" }],
    );
    expect(secretsIn(emitMethods(spec).text)[2]).toEqual(["name.key"]);
  });

  it("are none where nothing is marked", () => {
    expect(secretsIn(emitMethods(small).text).flat()).toEqual([]);
  });
});

describe("generation", () => {
  it("gives the same bytes for the same specification, in its order", async () => {
    const [once, again] = [await generate(parseSpec(smallText()), []), await generate(parseSpec(smallText()), [])];
    expect(again).toEqual(once);
    const methods = once.find(({ path }) => path === "methods.gen.ts")?.text ?? "";
    const order = small.methods.map(({ name }) => methods.indexOf(`"${name}": {`));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });

  it("says in every file that it is generated and from what", async () => {
    for (const { text } of await generate(small, [])) {
      expect(text.split("\n")[0]).toContain("Generated from openrpc.json by `npm run generate`. Do not edit.");
    }
  });
});
