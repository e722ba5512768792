import { type Case, describeRules, THINGS } from "../rule-cases.js";
import { smallSpec } from "../small-spec.js";

const methodCases: readonly Case[] = [
  ["a summary", [[`${THINGS}/summary`, undefined]], "net.things", "has no `summary`"],
  [
    "a summary that is a sentence",
    [[`${THINGS}/summary`, "Things"]],
    "net.things",
    "`summary` is not one line that ends with a period",
  ],
  ["a description", [[`${THINGS}/description`, " "]], "net.things", "has no `description`"],
  ["a tag", [[`${THINGS}/tags`, []]], "net.things", "has 0 tags; every method has exactly one"],
  [
    "one tag only",
    [[`${THINGS}/tags/-`, { name: "net.more" }]],
    "net.things",
    "has 2 tags; every method has exactly one",
  ],
  [
    "a tag of the method's domain",
    [[`${THINGS}/tags/0/name`, "vol.things"]],
    "net.things",
    "the tag `vol.things` does not start with `net` as the method does",
  ],
  [
    "both structures of parameters",
    [[`${THINGS}/paramStructure`, "by-name"]],
    "net.things",
    '`paramStructure` is not "either"',
  ],
  [
    "a right",
    [[`${THINGS}/x-right`, undefined]],
    "net.things",
    "`x-right` is none of `none`, `read`, `write`, `admin`",
  ],
  [
    "a right that is known",
    [[`${THINGS}/x-right`, "root"]],
    "net.things",
    "`x-right` is none of `none`, `read`, `write`, `admin`",
  ],
  [
    "no right for `rpc` only",
    [[`${THINGS}/x-right`, "none"]],
    "net.things",
    "the right `none` is for `rpc.*` methods only",
  ],
  [
    "a deadline",
    [[`${THINGS}/x-deadline-ms`, undefined]],
    "net.things",
    "`x-deadline-ms` is not an integer between 1 and 86400000",
  ],
  ["an example", [[`${THINGS}/examples`, []]], "net.things", "has no example"],
  ["no unknown mark", [[`${THINGS}/x-rigth`, "read"]], "net.things", "`x-rigth` is no mark that a method can have"],
  [
    "marks that are true or absent",
    [[`${THINGS}/x-destructive`, false]],
    "net.things",
    "`x-destructive` is either true or absent",
  ],
  ["a name of its own", [["methods/3", smallSpec().methods[1]]], "net.things", "another method has this name"],
];

describeRules("methods have", methodCases);
