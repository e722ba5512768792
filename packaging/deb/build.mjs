// `npm run package:deb`: builds the Debian package. `--out FOLDER` (default: dist), `--node BINARY` (default: the one that runs this).
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { layOut } from "./tree.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
const { values } = parseArgs({ options: { out: { type: "string" }, node: { type: "string" } } });
const node = realpathSync(values.node ?? process.execPath);
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const MAINTAINER = "my_os_server maintainers <maintainers@my-os-server.example>";

refuseSharedNode();
const work = mkdtempSync(join(tmpdir(), "my-os-deb-"));
try {
  process.stdout.write(`${await build(join(work, "tree"))}\n`);
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function build(tree) {
  const seconds = sourceDate();
  const built = join(work, "dist");
  // Afresh, so that nothing is shipped whose source is gone.
  const compiler = [
    join(root, "node_modules/typescript/bin/tsc"),
    "-p",
    root,
    "--incremental",
    "false",
    "--sourceMap",
    "false",
  ];
  execFileSync(process.execPath, [...compiler, "--outDir", built], { stdio: "inherit" });
  await layOut({ root, built, tree, node, changelog: changelog(seconds) });
  control(tree);
  for (const path of walk(tree)) settle(path, seconds);
  const architecture = tell("dpkg", ["--print-architecture"]);
  const out = resolve(values.out ?? join(root, "dist"));
  mkdirSync(out, { recursive: true });
  const file = join(out, `my-os-server_${version}_${architecture}.deb`);
  // Nothing here needs root: the files' owner is set in the archive.
  execFileSync("dpkg-deb", ["--root-owner-group", "-Zgzip", "--build", tree, file], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, SOURCE_DATE_EPOCH: String(seconds) },
  });
  return file;
}

function control(tree) {
  const folder = join(tree, "DEBIAN");
  const files = [...walk(tree)].filter((path) => lstatSync(path).isFile()).map((path) => relative(tree, path));
  mkdirSync(folder);
  const size = files.reduce((sum, path) => sum + Math.ceil(lstatSync(join(tree, path)).size / 1024), 0);
  const conffiles = files.filter((path) => path.startsWith("etc/"));
  writeFileSync(join(folder, "conffiles"), conffiles.map((path) => `/${path}\n`).join(""));
  const sums = files.filter((path) => !conffiles.includes(path)).sort();
  const md5 = (path) =>
    createHash("md5")
      .update(readFileSync(join(tree, path)))
      .digest("hex");
  writeFileSync(join(folder, "md5sums"), sums.map((path) => `${md5(path)}  ${path}\n`).join(""));
  for (const name of ["postinst", "prerm", "postrm"]) {
    copyFileSync(join(root, "packaging/deb", name), join(folder, name));
    chmodSync(join(folder, name), 0o755);
  }
  writeFileSync(
    join(folder, "control"),
    `Package: my-os-server
Version: ${version}
Architecture: ${tell("dpkg", ["--print-architecture"])}
Maintainer: ${MAINTAINER}
Installed-Size: ${size}
Depends: libc6 (>= 2.28), libgcc-s1, libstdc++6, init-system-helpers (>= 1.54), iproute2, mount, passwd
Recommends: btrfs-progs, conntrack, dosfstools, e2fsprogs, fdisk, mdadm, nftables, xfsprogs
Section: admin
Priority: optional
Description: network and storage of a Linux node over one JSON-RPC socket
 A daemon for the network (links, routes, firewall, NAT, DHCP leases) and the
 storage (disks, partitions, filesystems, btrfs, mounts, arrays) of a node, with
 an access list, signed requests and an audit. The package brings the Node.js
 that it runs on.
`,
  );
}

/** A Debian changelog; what changed for users is in NEWS. */
function changelog(seconds) {
  const date = new Date(seconds * 1000).toUTCString().replace("GMT", "+0000");
  return `my-os-server (${version}) unstable; urgency=medium

  * Release ${version}; what changed is in NEWS.md.gz beside this file.

 -- ${MAINTAINER}  ${date}
`;
}

/** Everything in the package is as old as the source, so that the same source gives the same package. */
function sourceDate() {
  if (process.env.SOURCE_DATE_EPOCH) return Number(process.env.SOURCE_DATE_EPOCH);
  try {
    return Number(tell("git", ["log", "-1", "--format=%ct"]));
  } catch {
    return Math.floor(lstatSync(join(root, "package.json")).mtimeMs / 1000);
  }
}

function isProgram(path, { mode }) {
  return (mode & 0o100) !== 0 && !path.endsWith(".node");
}

function settle(path, seconds) {
  const stat = lstatSync(path);
  // A checkout's group and umask are no business of the package's.
  if (!stat.isSymbolicLink())
    chmodSync(path, stat.mode & (stat.isDirectory() || isProgram(path, stat) ? 0o755 : 0o644));
  lutimesSync(path, seconds, seconds);
}

function* walk(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    yield path;
  }
}

/** A Node that needs its own shared library would not run elsewhere: Debian's is one. */
function refuseSharedNode() {
  const shared = tell(node, ["-p", "process.config.variables.node_shared"]);
  const major = Number(tell(node, ["-p", "process.versions.node"]).split(".")[0]);
  if (shared === "true")
    throw new Error(`${node} is linked to libnode and cannot be carried along; give one of nodejs.org with --node`);
  if (major < 20) throw new Error(`${node} is Node ${major}; the daemons need 20 or later`);
}

function tell(command, args) {
  return execFileSync(command, args, { cwd: root, encoding: "utf8" }).trim();
}
