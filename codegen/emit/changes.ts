import { type Change, interfaceChanges } from "../changes.js";
import { anchor, code, link, prose } from "../markdown.js";
import { errorKind } from "../names.js";
import { recordText } from "../records.js";
import { MARKDOWN_BANNER, type OutputFile } from "../source.js";
import { type Spec, tagOf } from "../spec.js";

const INTRODUCTION = `What changed in methods, parameters, results, rights and kinds of errors from one recorded version of the interface to the next, \
found by comparing them. What is **breaking** may need a change in programs written against the older version. Words and examples are not compared.
`;

/** `reference/changes.md`: the differences between all recorded versions and the present one, newest first. */
export function emitChanges(spec: Spec, records: readonly Spec[]): OutputFile {
  const last = records.at(-1);
  const isRecorded = last !== undefined && recordText(last) === recordText(spec);
  const versions = isRecorded ? records : [...records, spec];
  const sections = versions.map((version, index) =>
    section(versions[index - 1], version, isRecorded ? undefined : spec),
  );
  const text = [MARKDOWN_BANNER, "# Changes of the interface\n", INTRODUCTION, ...sections.reverse()].join("\n");
  return { path: "reference/changes.md", text };
}

function section(before: Spec | undefined, after: Spec, unrecorded: Spec | undefined): string {
  const { version } = after.info;
  const since = before ? `, since ${before.info.version}` : "";
  const heading = `## ${after === unrecorded ? `${version} (not released)` : version}${since}\n`;
  if (before === undefined) return `${heading}\n${extent(after)}`;
  const changes = interfaceChanges(before, after);
  if (changes.length === 0) return `${heading}\nNothing that callers would notice.\n`;
  const parts: [title: string, of: readonly Change[]][] = [
    ["Breaking", changes.filter(({ isBreaking }) => isBreaking)],
    ["Not breaking", changes.filter(({ isBreaking }) => !isBreaking)],
  ];
  const shown = parts.filter(([, of]) => of.length > 0);
  return [heading, ...shown.map(([title, of]) => `**${title}**\n\n${list(of, after)}`)].join("\n");
}

const extent = ({ methods, components }: Spec): string =>
  `The first version that is recorded: ${methods.length} methods and ${Object.keys(components.errors).length} kinds of errors.\n`;

/** One line a change; what many methods share, such as a new field of a type they answer, is said once. */
function list(changes: readonly Change[], spec: Spec): string {
  const places = new Map<string, string[]>();
  for (const { where, sentence } of changes) places.set(sentence, [...(places.get(sentence) ?? []), where]);
  return [...places]
    .map(([sentence, wheres]) => `- ${wheres.map((where) => placeLink(where, spec)).join(", ")}: ${prose(sentence)}\n`)
    .join("");
}

function placeLink(where: string, spec: Spec): string {
  const [, key] = /^error (.*)$/.exec(where) ?? [];
  if (key !== undefined) {
    const kind = code(errorKind(key));
    return Object.hasOwn(spec.components.errors, key) ? link(kind, `errors.md#${anchor(errorKind(key))}`) : kind;
  }
  const method = spec.methods.find(({ name }) => name === where);
  return method ? link(code(where), `${tagOf(method)}.md#${anchor(where)}`) : code(where);
}
