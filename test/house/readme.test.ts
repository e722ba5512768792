import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { methods } from "../../generated/methods.gen.js";
import { unbuilt } from "../../src/native/unbuilt.js";

const readme = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");
const section = (name: string): string => readme.split(`<!-- ${name} -->`)[1]?.split(`<!-- /${name} -->`)[0] ?? "";
const named = (text: string): string[] =>
  [...text.matchAll(/`((?:net|vol|rpc)\.[a-z_.]+)`/g)].map(([, name]) => String(name));

describe("the README", () => {
  it("names exactly the methods that are not built yet", () => {
    expect(named(section("unbuilt"))).toEqual([...unbuilt]);
  });

  it("names exactly the methods that are", () => {
    const intro = readme.split("## What answers today")[1]?.split("<!-- unbuilt -->")[0] ?? "";
    const built = Object.entries(methods)
      .filter(([name, { mosOnly }]) => !mosOnly && !(unbuilt as readonly string[]).includes(name))
      .map(([name]) => name);
    expect(
      named(intro)
        .filter((name) => name in methods)
        .sort(),
    ).toEqual(built.sort());
  });
});
