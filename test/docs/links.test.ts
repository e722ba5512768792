import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const site = join(root, "dist/docs");
const pages = new Map<string, string>();
const methods: readonly { name: string; examples: readonly unknown[] }[] = JSON.parse(
  readFileSync(join(root, "openrpc.json"), "utf8"),
).methods;

const matches = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, found = ""]) => found);

beforeAll(() => {
  // The build itself ends with an error where a link leads to no page.
  execFileSync(process.execPath, [join(root, "docs/build.mjs")], { cwd: root, stdio: "pipe" });
  for (const name of readdirSync(site, { recursive: true, encoding: "utf8" }))
    if (name.endsWith(".html")) pages.set(`/${name}`, readFileSync(join(site, name), "utf8"));
}, 180_000);

describe("the site", () => {
  it("has every guide, and a page for every topic", () => {
    for (const name of readdirSync(join(root, "docs/guide")))
      expect(pages.has(`/guide/${name.replace(/md$/, "html")}`), name).toBe(true);
    const text = [...pages].filter(([name]) => /^\/reference\/(?!index)/.test(name)).map(([, page]) => page);
    for (const { name } of methods)
      expect(text.filter((page) => page.includes(`<h2 id="${name.replace(/[._]/g, "-")}"`)).length, name).toBe(1);
  });

  it("shows each example's call in tabs", () => {
    const groups = [...pages.values()].flatMap((page) => matches(page, /(class="vp-code-group)/g));
    expect(groups.length).toBe(methods.flatMap(({ examples }) => examples).length);
  });

  it("links to pages and headings that are there", () => {
    const anchors = new Map([...pages].map(([name, page]) => [name, new Set(matches(page, / id="([^"]+)"/g))]));
    const broken: string[] = [];
    let count = 0;
    for (const [name, page] of pages) {
      for (const href of matches(page, /<a [^>]*href="([^"]+)"/g)) {
        const { origin, pathname, hash } = new URL(href, `http://site${name}`);
        if (origin !== "http://site") continue;
        count += 1;
        const target = anchors.get(pathname.replace(/\/$/, "/index.html"));
        if (!target || (hash !== "" && !target.has(decodeURIComponent(hash.slice(1))))) broken.push(`${name}: ${href}`);
      }
    }
    expect(count).toBeGreaterThan(3000);
    expect(broken).toEqual([]);
  });

  it("loads nothing from elsewhere", () => {
    const loaded = [...pages.values()].flatMap((page) => [
      ...matches(page, /<(?:script|img|iframe)[^>]* src="([^"]+)"/g),
      ...matches(page, /<link [^>]*href="([^"]+)"/g),
    ]);
    expect(loaded.length).toBeGreaterThan(pages.size);
    expect(loaded.filter((url) => !url.startsWith("/") && !url.startsWith("data:"))).toEqual([]);
  });
});
