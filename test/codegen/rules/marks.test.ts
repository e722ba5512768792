import { type Case, describeRules, THING, THINGS } from "../rule-cases.js";

const columns = (...names: string[]) => [[`${THINGS}/x-table`, { columns: names }]] as const;
const completes = (method: string, field: string) => [[`${THING}/x-complete`, [{ method, field }]]] as const;
const missing = (path: string) => `\`x-table\` names \`${path}\`, which no result has`;
const noRead = (method: string, field: string) =>
  `\`x-complete\` names \`${method}\` and \`${field}\`, which are no read and its field`;

const markCases: readonly Case[] = [
  ["a table's column that results have", columns("name", "nothing"), "net.things", missing("nothing")],
  ["a column below a field that results have", columns("nothing.name"), "net.things", missing("nothing.name")],
  ["both fields of a column of two", columns("name/nothing"), "net.things", missing("name/nothing")],
  ["values to complete that a read has", completes("net.things", "nothing"), "Thing", noRead("net.things", "nothing")],
  ["values to complete from a read", completes("net.things.add", "name"), "Thing", noRead("net.things.add", "name")],
];

describeRules("marks for the command line", markCases);
