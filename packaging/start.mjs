// `npm start`: installs and builds what is missing, runs the native daemon on a per-user socket and shows one live answer.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { adminAccess, userFolder } from "./admin-access.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const daemon = join(root, "dist/src/bin/my-os-server-native.js");
const flags = process.argv.slice(2);

prepare();
const config = printedConfig();
// Nowhere if the daemon is going to refuse its configuration.
const socket = JSON.parse(/^socket = (".*") {2}# /m.exec(config)?.[1] ?? '""');
const access = firstAccess();
const isTaken = await call("rpc.health").then(
  () => true,
  () => false,
);
const child = spawn(process.execPath, [daemon, ...flags, ...(access ? ["--acl", access.acl] : [])], {
  stdio: "inherit",
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
// The terminal is gone: what it started ends with it.
process.on("SIGHUP", () => child.kill("SIGTERM"));
child.on("exit", (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
// Where another daemon answers, ours is about to say so and to end: the answer would not be its own.
if (!isTaken) await showLiveAnswer();

/** What the daemon is going to do, by its own word. */
function printedConfig() {
  return spawnSync(process.execPath, [daemon, "--print-config", ...flags], { encoding: "utf8" }).stdout;
}

/** The user's own access list, unless another one was given. */
function firstAccess() {
  if (!/^acl = \(unset\) /m.test(config)) return undefined;
  try {
    return adminAccess(userFolder());
  } catch (error) {
    process.stderr.write(`my_os_server: no access list could be made, so callers may read only: ${error.message}\n`);
    return undefined;
  }
}

function prepare() {
  if (isOlder("node_modules/.package-lock.json", "package-lock.json"))
    run("installing packages", "npm", ["install", "--no-save", "--no-audit", "--no-fund"]);
  run("building", "npm", ["run", "--silent", "build"]);
}

function isOlder(product, source) {
  const file = join(root, product);
  return !existsSync(file) || statSync(file).mtimeMs < statSync(join(root, source)).mtimeMs;
}

function run(what, command, args) {
  process.stderr.write(`my_os_server: ${what} …\n`);
  const { status } = spawnSync(command, args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) {
    process.stderr.write(`my_os_server: ${what} failed (${command} ${args.join(" ")})\n`);
    process.exit(1);
  }
}

async function showLiveAnswer() {
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline && child.exitCode === null) {
    const interfaces = await call("net.interfaces").catch(() => undefined);
    if (interfaces) return print(interfaces);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function call(method) {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: {} });
  return new Promise((resolve, reject) => {
    const sent = request(
      { socketPath: socket, path: "/rpc", method: "POST", headers: { "content-type": "application/json" } },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk) => (text += chunk));
        response.on("end", () => {
          const { result, error } = JSON.parse(text);
          if (error) reject(new Error(error.message));
          else resolve(result);
        });
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

function print(interfaces) {
  const rows = interfaces.map(({ ifname, operstate, addr_info = [] }) => {
    const addresses = addr_info.map(({ local, prefixlen }) => `${local}/${prefixlen}`).join(" ");
    return `  ${ifname.padEnd(16)}${operstate.padEnd(10)}${addresses}`;
  });
  process.stdout.write(`
my_os_server answers on ${socket}

  curl --unix-socket ${socket} http://localhost/rpc \\
    -H 'content-type: application/json' -d '{"jsonrpc":"2.0","id":1,"method":"net.interfaces","params":{}}'

net.interfaces on this machine:
${rows.join("\n")}
${rightsText()}
Ctrl-C stops the daemon.
`);
}

function rightsText() {
  if (!access) return "";
  const admin = `
The admin's key is ${access.key}; you and root may just name it, everybody else signs:

  curl --unix-socket ${socket} http://localhost/whoami -H 'X-Public-Key: ${access.hex}'
`;
  return `
Who may do what: ${access.acl}
${access.hex ? admin : ""}`;
}
