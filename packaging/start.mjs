// `npm start`: installs and builds what is missing, runs the native daemon on a per-user socket and shows one live answer.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { request } from "node:http";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const daemon = join(root, "dist/src/bin/my-os-server-native.js");
const socket = socketPath();

prepare();
const child = spawn(process.execPath, [daemon, "--socket", socket, ...process.argv.slice(2)], {
  stdio: "inherit",
  // Debian keeps ip, nft and blkid where an ordinary user's PATH does not look.
  env: { ...process.env, PATH: `${process.env.PATH}:/usr/local/sbin:/usr/sbin:/sbin` },
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
await showLiveAnswer();

/** The daemon's own rule for the socket, so that clients find it without being told. */
function socketPath() {
  if (process.env.MY_OS_SOCKET) return process.env.MY_OS_SOCKET;
  const folder = process.env.HERO_SOCKET_DIR ?? join(homedir(), "hero/var/sockets");
  return join(folder, "hero_db_root_os.sock");
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

Ctrl-C stops the daemon.
`);
}
