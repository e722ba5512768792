/** First line of every generated file; Markdown gets it as a comment. */
const NOTICE = "Generated from openrpc.json by `npm run generate`. Do not edit.";
export const BANNER = `// ${NOTICE}\n`;
export const MARKDOWN_BANNER = `<!-- ${NOTICE} -->\n`;

/** A generated file: its path beneath `generated/`, and its text. */
export interface OutputFile {
  readonly path: string;
  readonly text: string;
}

const WIDTH = 110;

const key = (name: string): string =>
  /^[A-Za-z_]\w*$/.test(name) && name !== "__proto__" ? name : JSON.stringify(name);

/** A value as a TypeScript literal: on one line where it fits, else one entry a line. `undefined` entries are left out. */
export function literal(value: unknown, indent = ""): string {
  const flat = flatLiteral(value);
  if (indent.length + flat.length <= WIDTH || typeof value !== "object" || value === null) return flat;
  const inner = `${indent}  `;
  const lines = Array.isArray(value)
    ? value.map((entry) => literal(entry, inner))
    : present(value).map(([name, entry]) => `${key(name)}: ${literal(entry, inner)}`);
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  return `${open}\n${lines.map((line) => `${inner}${line},\n`).join("")}${indent}${close}`;
}

function flatLiteral(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flatLiteral).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = present(value).map(([name, entry]) => `${key(name)}: ${flatLiteral(entry)}`);
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}

const present = (value: object): [string, unknown][] =>
  Object.entries(value).filter(([, entry]) => entry !== undefined);

/** An import of types, one name a line where there are many. */
export function importTypes(names: readonly string[], from: string): string {
  if (names.length === 0) return "";
  const flat = `import type { ${names.join(", ")} } from "${from}";\n`;
  return flat.length <= WIDTH
    ? flat
    : `import type {\n${names.map((name) => `  ${name},\n`).join("")}} from "${from}";\n`;
}
