// What is measured: a server process on a socket of its own, and calls to it.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const health = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "rpc.health" });

export const subjects = {
  daemon: (folder) => [
    here("../dist/src/bin/my-os-server-native.js"),
    "--socket",
    join(folder, "s"),
    "--state-dir",
    join(folder, "state"),
  ],
  bare: (folder) => [here("bare-server.mjs"), join(folder, "s")],
};

/** Starts a subject; resolves when it has answered its first request. */
export async function start(name) {
  const folder = mkdtempSync(join(tmpdir(), "my-os-bench-"));
  const began = performance.now();
  const child = spawn(process.execPath, subjects[name](folder), { stdio: "ignore" });
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const call = (body = health) => post(join(folder, "s"), agent, body);
  while (!(await call().catch(() => undefined))) await new Promise((resolve) => setTimeout(resolve, 2));
  return {
    readyMs: performance.now() - began,
    socket: join(folder, "s"),
    call,
    rssMiB: () => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))[1]) / 1024,
    async stop() {
      agent.destroy();
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** One request on a Unix socket; resolves with the answer's text. */
export function post(socketPath, agent, body) {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const sent = request({ socketPath, agent, path: "/rpc", method: "POST", headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve(text));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

export const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
export const percentile = (values, share) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];
