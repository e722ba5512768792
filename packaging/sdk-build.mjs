// Builds the package's own tree (`rootDir: ".."`, so that the generated code comes along) and takes the licence in.
import { execFileSync } from "node:child_process";
import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";

const here = join(import.meta.dirname, "../sdk");
rmSync(join(here, "dist"), { recursive: true, force: true });
execFileSync(process.execPath, [join(here, "../node_modules/typescript/bin/tsc"), "-p", here], { stdio: "inherit" });
copyFileSync(join(here, "../LICENSE"), join(here, "LICENSE"));
