import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import axe from "axe-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM, Site } from "../world/browser.js";

const root = join(import.meta.dirname, "../..");
const dist = join(root, "dist/docs");
const pages = new Map<string, string>();
const methods: readonly { name: string; examples: readonly unknown[] }[] = JSON.parse(
  readFileSync(join(root, "openrpc.json"), "utf8"),
).methods;

const matches = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, found = ""]) => found);

beforeAll(() => {
  // The build itself ends with an error where a link leads to no page.
  execFileSync(process.execPath, [join(root, "docs/build.mjs")], { cwd: root, stdio: "pipe" });
  for (const name of readdirSync(dist, { recursive: true, encoding: "utf8" }))
    if (name.endsWith(".html")) pages.set(`/${name}`, readFileSync(join(dist, name), "utf8"));
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

interface AxeViolation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** The theme's page for what is not there has no main landmark, and takes none. */
const THEME_404: ReadonlySet<string> = new Set(["landmark-one-main", "region"]);

const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 800 };
const isDeep = Boolean(process.env.MOS_TEST_DEEP);

/** Where every suite must run, what is missing is named; elsewhere it is skipped. */
const isMissing = !existsSync(CHROMIUM);
const mayBeSkipped = isMissing && process.env.CI !== "true";

describe.skipIf(mayBeSkipped)("the site in a browser (Debian: chromium)", { timeout: 180_000 }, () => {
  let site: Site;
  beforeAll(async () => {
    if (isMissing) throw new Error(`${CHROMIUM} is not there: install the Debian package chromium`);
    site = await Site.open(dist);
  }, 60_000);
  afterAll(() => site?.close());

  it("renders every page without a complaint, and no wider than a phone", async () => {
    const wide: string[] = [];
    await site.page.setViewportSize(PHONE);
    for (const name of pages.keys()) {
      await site.visit(name);
      if ((await site.overflow()) > 0) wide.push(name);
      expect(await site.page.locator("h1").count(), name).toBeGreaterThan(0);
    }
    expect(wide).toEqual([]);
    expect(site.complaints).toEqual([]);
  });

  it("finds a method", async () => {
    await site.page.setViewportSize(DESKTOP);
    await site.visit("/index.html");
    await site.page.locator(".DocSearch-Button").click();
    await site.page.locator("#localsearch-input").fill("net.routes.add");
    await site.page.locator("#localsearch-list a[href$='/reference/net-routes.html#net-routes-add']").first().click();
    await site.page.waitForURL("**/reference/net-routes.html#net-routes-add");
    await site.page.locator("h2#net-routes-add").waitFor({ state: "visible" });
  });

  it("switches between curl, SDK and command line", async () => {
    await site.page.setViewportSize(DESKTOP);
    await site.visit("/reference/net-routes.html");
    const group = site.page.locator(".vp-code-group").first();
    const shown = () => group.locator("div[class*=language-].active").textContent();
    expect(await shown()).toContain("curl --unix-socket");
    await group.getByText("SDK", { exact: true }).click();
    expect(await shown()).toContain("await os.net.routes(");
    await group.getByText("Command line", { exact: true }).click();
    expect(await shown()).toContain("my-os-ctl net routes");
  });

  it("is accessible", async () => {
    const sample = /index\.html$|architecture|command-line|changelog|net-routes/;
    const found: string[] = [];
    await site.page.setViewportSize(DESKTOP);
    for (const name of [...pages.keys()].filter((one) => isDeep || sample.test(one))) {
      await site.visit(name);
      await site.page.addScriptTag({ content: axe.source });
      const violations = await site.page.evaluate<AxeViolation[]>("axe.run(document).then((all) => all.violations)");
      const ours = violations.filter(({ id }) => name !== "/404.html" || !THEME_404.has(id));
      found.push(...ours.map(({ id, nodes }) => `${name}: ${id}: ${nodes.map(({ html }) => html).slice(0, 2)}`));
    }
    expect(found).toEqual([]);
  });
});
