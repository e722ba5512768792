// Lays out the package's files as they will be installed.
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { shellDocuments } from "./manual.mjs";

const LIB = "usr/lib/my-os-server";
/** The installed programs and where each stands. */
const PROGRAMS = new Map([
  ["my-os-server-native", "usr/sbin"],
  ["my-os-server-mos", "usr/sbin"],
  ["my-os-ctl", "usr/bin"],
]);
/** npm packages that only programs need which are not installed: the mock is for people who build against the SDK. */
const NOT_SHIPPED = ["@open-rpc/server-js"];
/** Of an npm package, what no running program reads. */
const UNREAD =
  /^\.|\/\.|^bin\/|\.(map|ts|mts|cts|md|markdown|flow|yml)$|\/(test|tests|docs|doc|benchmark|\.github|src\/\w+\.cc)(\/|$)/;

/** Fills `tree` from the project at `root` and what `built` holds of it, with `node` as the binary that runs it. */
export async function layOut({ root, built, tree, node, changelog }) {
  const lib = join(tree, LIB);
  put(node, join(lib, "bin/node"), 0o755);
  nodeLicense(node, join(lib, "bin/LICENSE.node"));
  for (const name of ["openrpc.json", "package.json"]) put(join(root, name), join(lib, name));
  cpSync(built, join(lib, "dist"), { recursive: true });
  const packages = productionPackages(root);
  for (const folder of packages) copyRead(join(root, folder), join(lib, folder));
  withoutShebangs(lib);
  for (const name of ["admin-access.mjs", "first-access.mjs"])
    put(join(root, "packaging", name), join(lib, "packaging", name));
  for (const [name, folder] of PROGRAMS) {
    const script = `#!/bin/sh\nexec /${LIB}/bin/node /${LIB}/dist/src/bin/${name}.js "$@"\n`;
    write(join(tree, folder, name), script, 0o755);
  }
  for (const unit of readdirSync(join(root, "packaging/systemd")))
    put(join(root, "packaging/systemd", unit), join(tree, "lib/systemd/system", unit));
  put(join(root, "packaging/deb/config.toml"), join(tree, "etc/my_os_server/config.toml"));
  put(join(root, "packaging/deb/rt_protos.conf"), join(tree, "etc/iproute2/rt_protos.d/my_os_server.conf"));
  mkdirSync(join(tree, "var/lib/my_os_server"), { recursive: true });
  chmodSync(join(tree, "var/lib/my_os_server"), 0o700);
  put(join(root, "packaging/deb/lintian-overrides"), join(tree, "usr/share/lintian/overrides/my-os-server"));
  const doc = join(tree, "usr/share/doc/my-os-server");
  const copyright = readFileSync(join(root, "packaging/deb/copyright"), "utf8");
  write(join(doc, "copyright"), copyright.replace("@PACKAGES@", licences(root, packages, copyright)));
  write(join(doc, "changelog.gz"), gzipSync(changelog, { level: 9 }));
  write(join(doc, "NEWS.md.gz"), gzipSync(readFileSync(join(root, "CHANGELOG.md")), { level: 9 }));
  for (const [path, text] of await shellDocuments(join(lib, "dist")))
    write(join(tree, path), path.endsWith(".gz") ? gzipSync(text, { level: 9 }) : text);
}

/** A stanza for each npm package; one whose licence the text does not hold may not be shipped. */
function licences(root, packages, copyright) {
  const stanzas = packages.map((folder) => {
    const { name, license } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
    if (!copyright.includes(`\nLicense: ${license}\n`))
      throw new Error(`${name} is under ${license}, whose text packaging/deb/copyright does not hold`);
    return `Files: ${LIB}/${folder}/*\nCopyright: the authors of ${name}\nLicense: ${license}\n`;
  });
  return stanzas.join("\n");
}

/** The npm packages that the installed programs need, as folders beneath the root; throws where one is not installed. */
function productionPackages(root) {
  const found = new Set();
  const visit = (folder) => {
    const { dependencies = {}, optionalDependencies = {} } = JSON.parse(
      readFileSync(join(root, folder, "package.json"), "utf8"),
    );
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      if (NOT_SHIPPED.includes(name)) continue;
      const place = placeOf(root, folder, name);
      // Binaries of other platforms are optional and not here.
      if (place === undefined && !(name in optionalDependencies))
        throw new Error(`npm package ${name} is not installed`);
      if (place === undefined || found.has(place)) continue;
      found.add(place);
      visit(place);
    }
  };
  visit("");
  return [...found].sort();
}

/** Where Node finds a package from a folder: in it or in one above. */
function placeOf(root, folder, name) {
  for (let at = folder; ; at = dirname(at)) {
    const place = join(at, "node_modules", name);
    if (existsSync(join(root, place, "package.json"))) return place;
    if (at === "" || at === ".") return undefined;
  }
}

function nodeLicense(node, target) {
  const places = [
    join(dirname(node), "../LICENSE"),
    "/usr/share/doc/nodejs/LICENSE",
    "/usr/share/doc/nodejs/copyright",
  ];
  const found = places.find((place) => existsSync(place));
  if (found === undefined)
    throw new Error(`Node's licence is in none of ${places.join(", ")}; a package without it may not be given away`);
  put(found, target);
}

/** Copies a folder without what nothing reads, and without packages in it, which come by themselves. */
function copyRead(from, to) {
  cpSync(from, to, {
    recursive: true,
    dereference: true,
    filter: (path) => {
      const inside = relative(from, path);
      return (
        (inside === "" || !UNREAD.test(inside) || /^licen[cs]e/i.test(basename(path))) &&
        !inside.startsWith("node_modules")
      );
    },
  });
}

/** The package's own Node runs its scripts: the one that a shebang would find is another, or none. */
function withoutShebangs(folder) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.[cm]?js$/.test(entry.name)) continue;
    const file = join(entry.parentPath ?? entry.path, entry.name);
    const text = readFileSync(file, "utf8");
    chmodSync(file, 0o644);
    if (text.startsWith("#!")) writeFileSync(file, text.replace(/^#!.*\n/, ""));
  }
}

function put(from, to, mode = 0o644) {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
  chmodSync(to, mode);
}

function write(to, content, mode = 0o644) {
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, content, { mode });
}
