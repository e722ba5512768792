/** A command line as bash has it while its last word is being typed. */
export interface BashLine {
  /** The words without their quotes; nothing in them is expanded. The last one may be empty. */
  readonly words: readonly string[];
  /** How a candidate for the last word is written so that bash inserts it as data, whatever is in it. */
  readonly inserted: (candidate: string) => string;
}

/** Blanks, a text in either quotes (the last may be open), a letter behind a backslash, or a plain letter. */
const PIECES =
  /(?<blank>[ \t\n]+)|'(?<single>[^']*)(?<end>'?)|"(?<double>(?:\\.|[^"\\])*)(?<close>"?)|\\(?<escaped>.?)|(?<plain>.)/gs;

type Quote = "'" | '"' | undefined;

/** Reads a line up to the cursor as far as completion must. */
export function bashLine(line: string): BashLine {
  const words = [""];
  let quote: Quote;
  let broken = 0;
  for (const { groups = {} } of line.matchAll(PIECES)) {
    const { blank, single, end, double, close, escaped, plain } = groups;
    if (blank !== undefined) words.push("");
    const word = (words.pop() ?? "") + (single ?? double?.replace(/\\(["\\$`])/g, "$1") ?? escaped ?? plain ?? "");
    words.push(word);
    quote = end === "" ? "'" : close === "" ? '"' : undefined;
    // Bash replaces only what stands after the last unquoted one of these.
    if (blank !== undefined) broken = 0;
    else if (plain === "=" || plain === ":") broken = word.length;
  }
  return { words, inserted: (candidate) => quoted(candidate.slice(broken), quote) };
}

function quoted(text: string, quote: Quote): string {
  if (quote === "'") return text.replaceAll("'", "'\\''");
  if (quote === '"') return text.replace(/["\\$`]/g, "\\$&");
  return text.replace(/[^\p{L}\p{N}_@%+=:,./-]/gu, "\\$&");
}
