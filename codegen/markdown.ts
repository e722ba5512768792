/** Markdown that a static site generator renders later: prose may hold neither HTML nor template braces. */
const escapeProse = (text: string): string =>
  text
    .replaceAll("<", "&lt;")
    .replaceAll("{{", "&#123;&#123;")
    .replace(/(?<![\w`])\*(?=\S)|_(?=\w)/g, "\\$&");

/** A description of the specification, whose code spans stay as they are. */
export const prose = (text: string): string =>
  text
    .split(/(`[^`]*`)/)
    .map((part, index) => (index % 2 === 1 ? part : escapeProse(part)))
    .join("");

export const code = (text: string): string => `\`${text}\``;
export const link = (text: string, target: string): string => `[${text}](${target})`;

/** The anchor that VitePress gives a heading: lower case, anything but letters and digits a hyphen. */
export const anchor = (heading: string): string => heading.toLowerCase().replace(/[^a-z0-9]+/g, "-");

export const fence = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\`\n`;

/** A table; in a cell a bar would end it, in code spans too. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |\n`;
  return line(headings) + line(headings.map(() => "---")) + rows.map(line).join("");
}
