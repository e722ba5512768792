// The other Node versions that we support; their binaries come from the npm registry.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const majors = [20, 22, 24];

/** Every supported Node but the running one, as `{name, node}`. */
export function nodeLanes(say) {
  const running = Number(process.versions.node.split(".")[0]);
  return majors
    .filter((major) => major !== running)
    .map((major) => ({ name: `vitest on Node ${major}`, node: binary(major, say) }));
}

function binary(major, say) {
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "my_os_server", `node-${major}`);
  const name = `node-linux-${process.arch}`;
  const node = join(folder, "node_modules", name, "bin/node");
  if (existsSync(node)) return node;
  say(`fetching Node ${major} from the npm registry`);
  mkdirSync(folder, { recursive: true });
  const { status } = spawnSync(
    "npm",
    ["install", "--no-save", "--no-audit", "--no-fund", "--prefix", folder, `${name}@${major}`],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  if (status !== 0) throw new Error(`npm could not install ${name}@${major}`);
  return node;
}
