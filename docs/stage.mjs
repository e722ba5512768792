// Lays out the site's pages: what is written here, the generated reference, the changelog and the SDK's README.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));
/** Where the pages are put together, and where the site is built. */
export const stage = join(root, "dist/docs-pages");

const CALLS = /^curl:\n\n(```sh\n.*?\n```)\n\nSDK:\n\n(```ts\n.*?\n```)\n\nCommand line:\n\n(```sh\n.*?\n```)$/gms;
const TITLES = ["curl", "SDK", "Command line"];

/** The three ways to make a call, one below the other in the reference, as tabs. */
export function tabbed(page) {
  return page.replace(CALLS, (_, ...fences) => {
    const tabs = fences.slice(0, 3).map((fence, index) => fence.replace("\n", ` [${TITLES[index]}]\n`));
    return `::: code-group\n\n${tabs.join("\n\n")}\n\n:::`;
  });
}

/** A topic's page on the site: with its dots, `vol.md` would be taken for a file's name. */
export const pageOf = (topic) => topic.replaceAll(".", "-");

/** Links hold in the repository; on the site the reference and the SDK's README have other places. */
const relinked = (page) =>
  page
    .replaceAll("](../../sdk/README.md", "](./sdk.md")
    .replaceAll("](../../generated/reference/", "](../reference/")
    .replaceAll("](../../CHANGELOG.md", "](../changelog.md")
    .replaceAll("](generated/reference/", "](./reference/")
    .replace(/(\]\((?:\.\.\/reference\/)?)([a-z._]+)\.md(?=[#)])/g, (_, start, topic) => `${start}${pageOf(topic)}.md`);

/** Leaves `stage` with the pages as they are now. */
export function layOutPages() {
  rmSync(stage, { recursive: true, force: true });
  for (const folder of ["guide", "reference", "decisions"]) mkdirSync(join(stage, folder), { recursive: true });
  // The landing page has no text of its own: JSON is YAML, so this is its front matter.
  put("docs/home.json", "index.md", (home) => `---\n${home}---\n`);
  for (const name of readdirSync(join(root, "docs/guide"))) put(`docs/guide/${name}`, `guide/${name}`, relinked);
  for (const name of readdirSync(join(root, "docs/decisions")))
    put(`docs/decisions/${name}`, `decisions/${name}`, relinked);
  put("CHANGELOG.md", "changelog.md", relinked);
  put("sdk/README.md", "guide/sdk.md");
  for (const name of readdirSync(join(root, "generated/reference")))
    put(`generated/reference/${name}`, `reference/${pageOf(name.replace(/\.md$/, ""))}.md`, (page) =>
      tabbed(relinked(page)),
    );
}

function put(source, target, change = (text) => text) {
  writeFileSync(join(stage, target), change(readFileSync(join(root, source), "utf8")));
}
