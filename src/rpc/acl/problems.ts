import { shown } from "./shown.js";

/** Where a value stands in the file: keys, and indices from 0. */
export type Path = readonly (string | number)[];

/** A value together with its place. */
export interface Located<T> {
  readonly value: T;
  readonly path: Path;
}

/** What is wrong in an access list, for the person who wrote it. */
export interface AclProblem {
  /** Such as `group[2].users[0]`, indices from 0; empty where the file as a whole is meant. */
  readonly path: string;
  /** From 1; absent where it is not known. */
  readonly line?: number;
  readonly column?: number;
  readonly reason: string;
  /** The valid word that was probably meant. */
  readonly nearest?: string;
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

interface Found {
  readonly path: Path;
  readonly reason: string;
  readonly nearest: string | undefined;
}

/** Gathers everything that is wrong, so that a person corrects a file once. */
export class Problems {
  readonly #found: Found[] = [];

  add(path: Path, reason: string, nearest?: string): void {
    this.#found.push({ path, reason, nearest });
  }

  get none(): boolean {
    return this.#found.length === 0;
  }

  /** All of them, in the file's order; those without a line come last. */
  located(positionOf: (path: Path) => Position | undefined): readonly AclProblem[] {
    const problems = this.#found.map(({ path, reason, nearest }) => ({
      path: pathText(path),
      ...positionOf(path),
      reason,
      ...(nearest === undefined ? {} : { nearest }),
    }));
    return problems.sort(inOrder);
  }
}

const inOrder = (a: AclProblem, b: AclProblem): number =>
  rank(a.line) - rank(b.line) || rank(a.column) - rank(b.column);
const rank = (place: number | undefined): number => place ?? Number.MAX_SAFE_INTEGER;

/** `group[2].users[0]`; a key that TOML would quote is quoted. */
export function pathText(path: Path): string {
  const parts = path.map((part) => {
    if (typeof part === "number") return `[${part}]`;
    return `.${/^[A-Za-z0-9_-]{1,64}$/.test(part) ? part : shown(part)}`;
  });
  return parts.join("").replace(/^\./, "");
}

const MOST_SHOWN = 50;

/** The problems as lines for a terminal or a log: `file:line:column: path: reason; did you mean …?` */
export function problemsText(file: string, problems: readonly AclProblem[]): string {
  const lines = problems.slice(0, MOST_SHOWN).map((problem) => problemText(file, problem));
  const more = problems.length - lines.length;
  return [...lines, ...(more > 0 ? [`${file}: and ${more} more`] : [])].join("\n");
}

function problemText(file: string, { path, line, column, reason, nearest }: AclProblem): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(":");
  const meant = nearest === undefined ? "" : `; did you mean \`${nearest}\`?`;
  return [place, ...(path === "" ? [] : [path]), `${reason}${meant}`].join(": ");
}
