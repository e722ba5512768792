import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Certificates } from "../world/certificates.js";
import { Daemon, pause } from "../world/daemon.js";
import { accessListText, tokens } from "../world/people.js";
import { listening, portOf, Remote } from "../world/remote.js";
import { post, rpc } from "./front.js";

const made = new Certificates();
const own = made.make();
const bearer = { Authorization: `Bearer ${tokens.reader}` };
let daemon: Daemon;
let remote: Remote;

beforeAll(async () => {
  const acl = made.write("acl.toml", accessListText("read"));
  daemon = await Daemon.start(["--acl", acl, ...listening(own)]);
  remote = new Remote(portOf(daemon), own.certificate);
});
afterAll(async () => {
  await daemon.stop();
  made.remove();
});

/** The samples by name and labels, once every line has proven to be one of the text format. */
async function scrape(): Promise<ReadonlyMap<string, number>> {
  const { status, headers, body } = await daemon.get("/metrics");
  expect([status, headers["content-type"]]).toEqual([200, "text/plain; version=0.0.4; charset=utf-8"]);
  const lines = body
    .toString()
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  const sample = /^([a-zA-Z_:][\w:]*(?:\{[a-z_]+="[^"\\\n]*"(?:,[a-z_]+="[^"\\\n]*")*\})?) (\S+)$/;
  return new Map(
    lines.map((line) => {
      const [, key = "", value] = sample.exec(line) ?? [];
      expect(Number(value), line).not.toBeNaN();
      return [key, Number(value)];
    }),
  );
}

/** What a sample grew by while something was done. */
async function growth(work: () => Promise<unknown>): Promise<(key: string) => number> {
  const before = await scrape();
  await work();
  const after = await scrape();
  return (key) => (after.get(key) ?? 0) - (before.get(key) ?? 0);
}

describe("GET /metrics", () => {
  it("counts calls by method and outcome, and what is no call of ours under one name", async () => {
    const grown = await growth(async () => {
      await daemon.call("net.interfaces");
      await daemon.call("net.interfaces", { nonsense: 1 });
      await daemon.call("net.bridge.add", { name: "br0" });
      await daemon.call("made.up");
      await daemon.call('made"up\n');
      await daemon.post("{");
    });
    const calls = (method: string, outcome: string) =>
      grown(`my_os_calls_total{method="${method}",outcome="${outcome}"}`);
    expect(calls("net.interfaces", "ok")).toBe(1);
    expect(calls("net.interfaces", "invalid_params")).toBe(1);
    expect(calls("net.bridge.add", "permission_denied")).toBe(1);
    expect(calls("unknown", "method_not_found")).toBe(2);
    expect(calls("unknown", "parse_error")).toBe(1);
  });

  it("counts each call into the bucket of its duration", async () => {
    const grown = await growth(async () => {
      for (let call = 0; call < 5; call += 1) await daemon.call("rpc.health");
    });
    const name = "my_os_call_duration_seconds";
    const buckets = [...(await scrape())].filter(
      ([key]) => key.startsWith(`${name}_bucket`) && key.includes("rpc.health"),
    );
    expect(buckets).toHaveLength(16);
    const counts = buckets.map(([, value]) => value);
    expect(counts).toEqual([...counts].sort((one, other) => one - other));
    expect(grown(`${name}_bucket{le="+Inf",method="rpc.health"}`)).toBe(5);
    expect(grown(`${name}_count{method="rpc.health"}`)).toBe(5);
    expect(grown(`${name}_sum{method="rpc.health"}`)).toBeGreaterThan(0);
  });

  it("counts requests with bad credentials, not the calls in them", async () => {
    const grown = await growth(async () => {
      await daemon.post(`[${rpc("rpc.health", 1)},${rpc("rpc.health", 2)}]`, { authorization: "Bearer x" });
      await remote.get("/health", { "X-Public-Key": "0".repeat(64) });
    });
    expect(grown('my_os_refused_identities_total{reason="unknown_token"}')).toBe(1);
    expect(grown('my_os_refused_identities_total{reason="unsigned_key"}')).toBe(1);
  });

  it("counts open connections by listener, and those that were refused", async () => {
    const open = await remote.open();
    open.socket.write(post(rpc("rpc.health"), `Authorization: ${bearer.Authorization}`).replace("node", "localhost"));
    await open.read('"status":"ok"');
    expect((await scrape()).get('my_os_open_connections{listener="tls"}')).toBe(1);
    open.socket.destroy();
    for (let tries = 0; tries < 500; tries += 1) {
      if ((await scrape()).get('my_os_open_connections{listener="tls"}') === 0) break;
      await pause(10);
    }
    expect((await scrape()).get('my_os_open_connections{listener="tls"}')).toBe(0);
    expect((await scrape()).get('my_os_open_connections{listener="unix"}')).toBeGreaterThan(0);
    const grown = await growth(async () => {
      const plain = await remote.openPlain();
      plain.socket.write("GET / HTTP/1.1\r\n\r\n");
      await plain.read();
      const torn = await remote.openPlain();
      torn.socket.write(Buffer.from(`160301${"00".repeat(200)}`, "hex"));
      await torn.read();
    });
    expect(grown('my_os_refused_connections_total{reason="plain_text"}')).toBe(1);
    expect(grown('my_os_refused_connections_total{reason="handshake"}')).toBe(1);
  });

  it("tells figures of the process", async () => {
    const samples = await scrape();
    expect(samples.get("process_resident_memory_bytes")).toBeGreaterThan(10 << 20);
    expect(samples.get("process_cpu_user_seconds_total")).toBeGreaterThan(0);
    expect(Math.abs((samples.get("process_start_time_seconds") ?? 0) - Date.now() / 1000)).toBeLessThan(600);
    expect(samples.get("my_os_open_requests")).toBe(1);
  });

  it("is for readers", async () => {
    expect((await remote.get("/metrics")).status).toBe(403);
    expect((await remote.get("/metrics", { Authorization: "Bearer x" })).status).toBe(401);
    const { status, text } = await remote.get("/metrics", bearer);
    expect([status, text]).toEqual([200, expect.stringContaining("# TYPE my_os_call_duration_seconds histogram")]);
  });
});
