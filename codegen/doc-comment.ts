const WIDTH = 116;

/** Text that may stand in a comment: a path such as `/proc/*` + `/stat` would otherwise end it. */
export const commentText = (text: string): string => text.replaceAll("*/", "*\\/");

function wrap(paragraph: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of paragraph.split(/\s+/)) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

const isTag = (text: string | undefined): boolean => text?.startsWith("@") ?? false;

/** A doc comment of paragraphs, wrapped and indented; empty paragraphs are left out. */
export function docComment(paragraphs: readonly (string | undefined)[], indent = ""): string {
  const texts = paragraphs.filter((text): text is string => Boolean(text)).map(commentText);
  const lines = texts.flatMap((text, index) => [
    ...(index > 0 && !(isTag(text) && isTag(texts[index - 1])) ? [""] : []),
    ...wrap(text, WIDTH - indent.length),
  ]);
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join("\n")}\n${indent} */\n`;
}
