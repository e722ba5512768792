// What the MOS daemon adds to a call: the same upstream asked directly, through nginx, and through the proxy.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, createServer } from "node:http";
import { createServer as createSilent } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { percentile, post } from "./subject.mjs";

const MOS = fileURLToPath(new URL("../dist/src/bin/my-os-server-mos.js", import.meta.url));
const CALLS = 3000;
const DOMAIN_CALLS = 10_000;

/** Median and p99 of `net.dns` by 1 and 64 connections; then net calls while the storage upstream is well, silent and dead. */
export async function measureProxy() {
  const folder = mkdtempSync(join(tmpdir(), "my-os-bench-"));
  const path = (name) => join(folder, name);
  const upstream = await answering(path("net.sock"));
  const storage = await answering(path("vol.sock"));
  const nginx = startNginx(folder, path("net.sock"));
  const mos = spawn(
    process.execPath,
    [
      MOS,
      "--socket",
      path("os.sock"),
      "--state-dir",
      path("state"),
      "--net-socket",
      path("net.sock"),
      "--vol-socket",
      path("vol.sock"),
      "--audit",
      "none",
      // All connections are one user's, and a refusal would be quicker than an answer.
      "--limit-calls-per-peer",
      "256",
    ],
    { stdio: "ignore" },
  );
  try {
    await there(path("os.sock"));
    const rows = {};
    for (const connections of [1, 64]) {
      const direct = await load(path("net.sock"), "mosnet.dns", connections);
      rows[`direct, ${connections} connections`] = shown(direct, direct);
      if (nginx)
        rows[`nginx, ${connections} connections`] = shown(
          await load(path("nginx.sock"), "mosnet.dns", connections),
          direct,
        );
      rows[`my-os-server-mos, ${connections} connections`] = shown(
        await load(path("os.sock"), "net.dns", connections),
        direct,
      );
    }
    return { ...rows, ...(await besideStorage(path, storage)) };
  } finally {
    mos.kill();
    nginx?.kill();
    upstream.close();
    storage.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The other domain's trouble must not show: ratios to the run with a storage upstream that answers. */
async function besideStorage(path, storage) {
  const well = await load(path("os.sock"), "net.dns", 8, DOMAIN_CALLS);
  await new Promise((resolve) => {
    storage.close(resolve);
    storage.closeAllConnections();
  });
  rmSync(path("vol.sock"), { force: true });
  const dead = await load(path("os.sock"), "net.dns", 8, DOMAIN_CALLS, "vol.list_mounts");
  const silent = createSilent(() => {}).listen(path("vol.sock"));
  await there(path("vol.sock"));
  const mute = await load(path("os.sock"), "net.dns", 8, DOMAIN_CALLS, "vol.list_mounts");
  silent.close();
  return {
    "net calls, storage well": shown(well, well),
    "net calls, storage dead": shown(dead, well),
    "net calls, storage silent": shown(mute, well),
  };
}

const shown = (own, other) => ({
  "p50 ms": own.p50.toFixed(2),
  "p99 ms": own.p99.toFixed(2),
  "p50 ratio": (own.p50 / other.p50).toFixed(2),
  "p99 ratio": (own.p99 / other.p99).toFixed(2),
});

async function load(socket, method, connections, calls = CALLS, beside) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const aside = new Agent({ keepAlive: true, maxSockets: 8 });
  const body = (name) => JSON.stringify({ jsonrpc: "2.0", id: 1, method: name, params: {} });
  for (let left = 500; left > 0; left -= 1) await post(socket, agent, body(method));
  // Calls to the domain that is in trouble run all the while; how they end does not matter here.
  const stuck = beside ? Array.from({ length: 8 }, () => post(socket, aside, body(beside)).catch(() => {})) : [];
  const latencies = [];
  const lane = async () => {
    while (latencies.length < calls) {
      const began = performance.now();
      const answer = await post(socket, agent, body(method));
      latencies.push(performance.now() - began);
      if (!answer.includes('"result"')) throw new Error(`${method} answered ${answer}`);
    }
  };
  await Promise.all(Array.from({ length: connections }, lane));
  agent.destroy();
  aside.destroy();
  await Promise.all(stuck);
  return { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) };
}

/** An upstream that answers at once, so that what is measured is the way to it. */
async function answering(socket) {
  const result = { nameservers: ["192.0.2.53"], search: ["example.net"] };
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const { id } = JSON.parse(text);
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ jsonrpc: "2.0", id, result }));
  });
  await new Promise((resolve) => server.listen(socket, resolve));
  return server;
}

/** nginx in front of the same socket, where it is installed. */
function startNginx(folder, upstream) {
  if (spawnSync("nginx", ["-v"]).error) return undefined;
  const config = join(folder, "nginx.conf");
  writeFileSync(
    config,
    `daemon off; pid ${folder}/nginx.pid; error_log /dev/null; worker_processes 1; user root;
events { worker_connections 1024; }
http { access_log off; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  upstream os { server unix:${upstream}; keepalive 64; }
  server { listen unix:${folder}/nginx.sock; location / { proxy_pass http://os; proxy_http_version 1.1; proxy_set_header Connection ""; } } }`,
  );
  return spawn("nginx", ["-c", config], { stdio: "ignore" });
}

async function there(socket) {
  for (let left = 1000; left > 0 && !existsSync(socket); left -= 1)
    await new Promise((resolve) => setTimeout(resolve, 10));
}
