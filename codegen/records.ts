import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Spec } from "./spec.js";

/** Where each version's interface is recorded: in the tree, so that a checkout without history or tags has it too. */
export const RECORDS = "docs/interface";

/** What is for people, and what examples show: no caller depends on it. */
const WORDS: ReadonlySet<string> = new Set(["title", "description", "summary", "examples", "x-table", "x-complete"]);
/** Below these, keys are names that the specification chose. */
const MAPS: ReadonlySet<string> = new Set(["properties", "schemas", "errors"]);

/** A specification without its words: methods, parameters, results, rights and errors. */
export const interfaceOf = (spec: Spec): Spec => ({
  ...(withoutWords(spec) as Spec),
  info: { title: spec.info.title, version: spec.info.version },
});

function withoutWords(part: unknown, isMap = false): unknown {
  if (Array.isArray(part)) return part.map((entry) => withoutWords(entry));
  if (typeof part !== "object" || part === null) return part;
  const entries = Object.entries(part).filter(([key]) => isMap || !WORDS.has(key));
  return Object.fromEntries(entries.map(([key, value]) => [key, withoutWords(value, !isMap && MAPS.has(key))]));
}

/** A record's text: one method, error or type a line, so that git shows what changed. */
export function recordText(spec: Spec): string {
  const { methods, components, ...head } = interfaceOf(spec);
  const lines = (entries: readonly string[]): string => entries.map((entry) => `\n${entry}`).join(",");
  const map = (of: object): string =>
    lines(Object.entries(of).map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`));
  return [
    `${JSON.stringify(head).slice(0, -1)},"methods":[${lines(methods.map((method) => JSON.stringify(method)))}\n],`,
    `"components":{"errors":{${map(components.errors)}\n},"schemas":{${map(components.schemas)}\n}}}\n`,
  ].join("");
}

/** Every recorded interface of a project's folder, oldest version first. */
export async function readRecords(folder: string): Promise<Spec[]> {
  const names = await readdir(join(folder, RECORDS)).catch(() => []);
  const texts = names
    .filter((name) => name.endsWith(".json"))
    .map((name) => readFile(join(folder, RECORDS, name), "utf8"));
  // Each was written from a specification that had passed the house rules.
  const records = (await Promise.all(texts)).map((text): Spec => JSON.parse(text));
  return records.sort((a, b) => compareVersions(a.info.version, b.info.version));
}

/** Writes a specification's record and answers its path; throws where its version is recorded with another interface. */
export async function writeRecord(folder: string, spec: Spec): Promise<string> {
  const path = join(RECORDS, `${spec.info.version}.json`);
  const text = recordText(spec);
  const there = await readFile(join(folder, path), "utf8").catch(() => undefined);
  if (there !== undefined && there !== text)
    throw new Error(`${path} holds another interface under this version: what is released stays; raise info.version`);
  await mkdir(join(folder, RECORDS), { recursive: true });
  await writeFile(join(folder, path), text);
  return path;
}

/** Whether a version is a release, and not a draft or candidate before one. */
export const isRelease = ({ info }: Spec): boolean => !info.version.includes("-");

/** Orders versions as semver does, with drafts (`1.2.0-draft`) before their release. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parts(a), parts(b)];
  for (const [index, number] of left.numbers.entries()) {
    const difference = number - (right.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  if (left.draft === right.draft) return 0;
  if (left.draft === "" || right.draft === "") return left.draft === "" ? 1 : -1;
  return left.draft < right.draft ? -1 : 1;
}

function parts(version: string): { readonly numbers: readonly number[]; readonly draft: string } {
  const [core = "", ...draft] = version.split("-");
  return { numbers: core.split(".").map(Number), draft: draft.join("-") };
}
