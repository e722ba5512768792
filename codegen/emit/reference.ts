import { anchor, code, fence, link, prose, table } from "../markdown.js";
import { errorDataType, errorKind, referencePage } from "../names.js";
import { errorKey, neededComponents } from "../references.js";
import { MARKDOWN_BANNER, type OutputFile } from "../source.js";
import { type Example, type Method, methodsByTag, type Spec } from "../spec.js";
import { request, snippets } from "./reference-calls.js";
import { TYPES_PAGE, TypeText, typePages } from "./reference-types.js";

const RIGHTS = {
  none: "open to every local caller and every identified remote one",
  read: "read",
  write: "write",
  admin: "admin",
} as const;

const json = (value: unknown): string => fence("json", JSON.stringify(value, undefined, 2));

const paragraphs = (...parts: readonly string[]): string => parts.filter(Boolean).join("\n");

function facts(method: Method): string {
  const marks = [
    method.deprecated ? "**Deprecated.**" : "",
    method["x-destructive"] ? "**Can destroy data.**" : "",
    method["x-mos-only"] ? "**On MOS nodes only.**" : "",
    `Right: ${RIGHTS[method["x-right"]]}.`,
    `Deadline: ${method["x-deadline-ms"] / 1000} s.`,
  ];
  return `${marks.filter(Boolean).join(" ")}\n`;
}

function params({ params }: Method, types: TypeText): string {
  if (params.length === 0) return "**Parameters:** none.\n";
  const rows = params.map(({ name, required, description, schema }) => {
    const fallback = schema.default === undefined ? "" : ` Default: ${code(JSON.stringify(schema.default))}.`;
    return [code(name), types.of(schema), required ? "yes" : "", prose(description ?? "") + fallback];
  });
  return `**Parameters**\n\n${table(["Name", "Type", "Required", "Meaning"], rows)}`;
}

function result({ result }: Method, types: TypeText): string {
  const description = result.schema.$ref === undefined ? prose(result.schema.description ?? "") : "";
  return paragraphs(
    `**Result:** ${types.of(result.schema)}. ${description}`.trimEnd().concat("\n"),
    types.fields(result.schema),
  );
}

function errors({ errors = [] }: Method): string {
  const kinds = errors.map(({ $ref }) => errorKind(errorKey($ref) ?? ""));
  const links = kinds.map((kind) => link(code(kind), `errors.md#${anchor(kind)}`));
  const common = `the ${link("errors of every method", "errors.md#errors-of-every-method")}`;
  return `**Errors:** ${[...links, common].join(", ")}.\n`;
}

function example(method: Method, sample: Example): string {
  const calls = snippets(method, sample).map(({ title, language, text }) => `${title}:\n\n${fence(language, text)}`);
  return paragraphs(
    `**Example: ${prose(sample.name)}**\n`,
    sample.description ? `${prose(sample.description)}\n` : "",
    json(request(method, sample)),
    json({ jsonrpc: "2.0", id: 1, result: sample.result?.value }),
    ...calls,
  );
}

const methodSection = (method: Method, types: TypeText): string =>
  paragraphs(
    `## ${method.name}\n`,
    `${prose(method.description ?? "")}\n`,
    facts(method),
    params(method, types),
    result(method, types),
    errors(method),
    ...(method.examples ?? []).map((sample) => example(method, sample)),
  );

function tagPage(tag: string, methods: readonly Method[], types: TypeText): OutputFile {
  const contents = methods.map(
    ({ name, summary }) => `- ${link(code(name), `#${anchor(name)}`)}: ${prose(summary ?? "")}\n`,
  );
  const sections = methods.map((method) => methodSection(method, types));
  const ownTypes = types.sections();
  const text = paragraphs(
    MARKDOWN_BANNER,
    `# Topic: ${tag}\n`,
    contents.join(""),
    ...sections,
    ownTypes && `## Types\n\n${ownTypes}`,
  );
  return { path: referencePage(tag), text };
}

function errorSection(spec: Spec, key: string, types: TypeText): string {
  const { code: number, message, data } = spec.components.errors[key] ?? { code: 0, message: "" };
  const schema = spec.components.schemas[errorDataType(key)] ?? {};
  return paragraphs(
    `### ${errorKind(key)}\n`,
    `Code ${code(String(number))}. ${prose(schema.description ?? "")}\n`,
    types.fields(schema),
    json({ code: number, message, data }),
  );
}

function errorsPage(spec: Spec, types: TypeText): OutputFile {
  const common = new Set(spec["x-common-errors"]);
  const keys = Object.keys(spec.components.errors);
  const sections = (of: readonly string[]): string => of.map((key) => errorSection(spec, key, types)).join("\n");
  const text = paragraphs(
    MARKDOWN_BANNER,
    "# Errors\n",
    "An error is `{code, message, data}`. `data.kind` is stable and is what programs look at; `message` is for people; `data.request_id` stands in the daemon's log too.\n",
    "## Errors of every method\n",
    sections(keys.filter((key) => common.has(key))),
    "## Errors that methods list\n",
    sections(keys.filter((key) => !common.has(key))),
  );
  return { path: "reference/errors.md", text };
}

/** Every method on one page, with the right that it needs. */
function indexPage(spec: Spec): OutputFile {
  const sections = [...methodsByTag(spec)].map(([tag, methods]) => {
    const rows = methods.map((method) => [
      link(code(method.name), `${tag}.md#${anchor(method.name)}`),
      prose(method.summary ?? ""),
      method["x-right"],
    ]);
    return paragraphs(`## ${link(tag, `${tag}.md`)}\n`, table(["Method", "Does", "Right"], rows));
  });
  const intro = `The methods by topic, with the right that each needs. See also ${link("errors", "errors.md")} and ${link("types", "types.md")}.\n`;
  return { path: "reference/index.md", text: paragraphs(MARKDOWN_BANNER, "# All methods\n", intro, ...sections) };
}

/** `reference/`: an overview, a page for every topic, one of the errors, and one of the types that several topics use. */
export function emitReference(spec: Spec): OutputFile[] {
  const errorData = Object.keys(spec.components.errors).map((key) => spec.components.schemas[errorDataType(key)] ?? {});
  const pages = typePages(spec, neededComponents(spec, errorData));
  const typesOn = (page: string): TypeText => new TypeText(spec, pages, page);
  const shared = paragraphs(
    MARKDOWN_BANNER,
    "# Types\n",
    "Types that several topics use.\n",
    // The types themselves are third-level headings, as on the topics' pages.
    "## By name\n",
    typesOn(TYPES_PAGE).sections(),
  );
  return [
    indexPage(spec),
    ...[...methodsByTag(spec)].map(([tag, methods]) => tagPage(tag, methods, typesOn(`${tag}.md`))),
    errorsPage(spec, typesOn("errors.md")),
    { path: `reference/${TYPES_PAGE}`, text: shared },
  ];
}
