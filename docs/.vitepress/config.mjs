import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitepress";
import { pageOf, root, stage } from "../stage.mjs";

const { methods, info } = JSON.parse(readFileSync(join(root, "openrpc.json"), "utf8"));
const topics = [...new Set(methods.map(({ tags }) => tags[0].name))];
const topicsOf = (domain) =>
  topics
    .filter((topic) => topic.split(".")[0] === domain)
    .map((topic) => ({ text: topic, link: `/reference/${pageOf(topic)}` }));

const guides = [
  {
    text: "Start",
    items: [
      { text: "Install", link: "/guide/install" },
      { text: "First five minutes", link: "/guide/first-five-minutes" },
      { text: "Architecture", link: "/guide/architecture" },
    ],
  },
  {
    text: "Use",
    items: [
      { text: "The command line", link: "/guide/command-line" },
      { text: "The SDK", link: "/guide/sdk" },
      { text: "The mock", link: "/guide/mock" },
      { text: "Troubleshooting by error kind", link: "/guide/troubleshooting" },
    ],
  },
  {
    text: "Run",
    items: [
      { text: "Rights and keys", link: "/guide/rights-and-keys" },
      { text: "Remote access", link: "/guide/remote-access" },
      { text: "State and restart", link: "/guide/state-and-restart" },
      { text: "MOS mode", link: "/guide/mos-mode" },
    ],
  },
  {
    text: "Safety",
    items: [
      { text: "Safe writes", link: "/guide/safe-writes" },
      { text: "Firewalls of others", link: "/guide/firewalls-of-others" },
    ],
  },
];

const reference = [
  {
    text: "Reference",
    items: [
      { text: "All methods", link: "/reference/" },
      { text: "Errors", link: "/reference/errors" },
      { text: "Types", link: "/reference/types" },
      { text: "Changes", link: "/reference/changes" },
    ],
  },
  ...[
    ["Network", "net"],
    ["Storage", "vol"],
    ["The daemon", "rpc"],
  ].map(([text, domain]) => ({ text, items: topicsOf(domain) })),
];

const decisions = readdirSync(join(root, "docs/decisions")).map((file) => ({
  text: readFileSync(join(root, "docs/decisions", file), "utf8")
    .split("\n", 1)[0]
    .replace(/^# /, ""),
  link: `/decisions/${file.replace(/\.md$/, "")}`,
}));

/** Two rooms behind one door. */
const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='3' fill='%233451b2'/%3E%3Cpath d='M3 3h4v10H3zM9 3h4v10H9z' fill='%23fff'/%3E%3C/svg%3E";

/** Code blocks scroll sideways, so whoever has no mouse must be able to reach them. */
function focusableCode(markdown) {
  const fence = markdown.renderer.rules.fence;
  markdown.renderer.rules.fence = (...args) =>
    fence(...args).replaceAll(/<pre (?![^>]*tabindex)/g, '<pre tabindex="0" ');
}

export default defineConfig({
  title: "my_os_server",
  description: "One daemon, one socket, one JSON-RPC 2.0 interface for a Linux node's network and storage.",
  lang: "en",
  srcDir: stage,
  outDir: join(root, "dist/docs"),
  cacheDir: join(root, "dist/docs-cache"),
  ignoreDeadLinks: false,
  head: [["link", { rel: "icon", href: ICON }]],
  markdown: {
    config: focusableCode,
    theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
  },
  themeConfig: {
    siteTitle: `my_os_server ${info.version}`,
    search: { provider: "local" },
    outline: [2, 3],
    // What is read out must hold what is written.
    notFound: { linkText: "Take me home", linkLabel: "Take me home" },
    nav: [
      { text: "Guide", link: "/guide/first-five-minutes", activeMatch: "^/guide/" },
      { text: "Reference", link: "/reference/", activeMatch: "^/reference/" },
      { text: "Changelog", link: "/changelog" },
    ],
    sidebar: {
      "/guide/": guides,
      "/reference/": reference,
      "/decisions/": [{ text: "Decisions", items: decisions }],
      "/changelog": guides,
    },
  },
});
