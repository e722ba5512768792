import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";

/** Debian's own; nothing is downloaded for the tests. */
export const CHROMIUM = "/usr/bin/chromium";

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
const QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".woff2": "font/woff2",
};

/** A folder of static files on a loopback port, and a headless browser with a fresh profile that looks at it. */
export class Site {
  /** What the browser complained of: console errors, exceptions, requests to elsewhere. */
  readonly complaints: string[] = [];

  private constructor(
    private readonly server: Server,
    private readonly profile: string,
    private readonly browser: BrowserContext,
    readonly page: Page,
    private readonly origin: string,
  ) {}

  static async open(folder: string): Promise<Site> {
    const server = createServer(({ url = "/" }, response) => {
      const file = join(folder, decodeURIComponent(new URL(url, "http://site").pathname));
      try {
        const body = readFileSync(file);
        response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" }).end(body);
      } catch {
        response.writeHead(404).end();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const profile = mkdtempSync(join(tmpdir(), "mos-t-browser-"));
    const browser = await chromium.launchPersistentContext(profile, {
      executablePath: CHROMIUM,
      headless: true,
      args: [...FLAGS, ...QUIET],
    });
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const site = new Site(server, profile, browser, await browser.newPage(), origin);
    site.listen();
    return site;
  }

  private listen(): void {
    const complain = (what: string) => this.complaints.push(`${this.page.url()}: ${what}`);
    this.page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complain(message.text());
    });
    this.page.on("pageerror", (error) => complain(error.message));
    this.page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(`${this.origin}/`) && !url.startsWith("data:")) complain(`asks for ${url}`);
    });
  }

  /** Opens a page and waits until its scripts have taken over. */
  async visit(path: string): Promise<void> {
    await this.page.goto(this.origin + path);
    await this.page.waitForFunction("document.querySelector('#app').__vue_app__ !== undefined");
  }

  /** How many pixels the page is wider than the window. */
  async overflow(): Promise<number> {
    const { scrollWidth, clientWidth } = await this.page.evaluate<{ scrollWidth: number; clientWidth: number }>(
      "({ scrollWidth: document.documentElement.scrollWidth, clientWidth: document.documentElement.clientWidth })",
    );
    return scrollWidth - clientWidth;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await new Promise((resolve) => this.server.close(resolve));
    rmSync(this.profile, { recursive: true, force: true });
  }
}
