// `npm run docs`: builds the site into dist/docs; `npm run docs -- --serve` shows it on port 4173.
import { build, serve } from "vitepress";
import { layOutPages, root } from "./stage.mjs";

if (process.argv.includes("--serve")) await serve({ root: `${root}docs`, port: 4173 });
else {
  layOutPages();
  await build(`${root}docs`);
}
