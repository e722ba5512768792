import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { HTTPTransport, Client as OpenRpcClient, RequestManager } from "@open-rpc/client-js";
import jayson from "jayson/promise/index.js";
import { Agent, fetch } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Daemon } from "../world/daemon.js";

const run = promisify(execFile);
const specification = readFileSync(join(import.meta.dirname, "../../openrpc.json"));
let daemon: Daemon;

beforeAll(async () => {
  daemon = await Daemon.start(["--check-results"]);
});
afterAll(() => daemon.stop());

const loopback = expect.arrayContaining([expect.objectContaining({ ifname: "lo", ifindex: 1 })]);

describe("curl", () => {
  const rpc = async (...args: string[]) =>
    (await run("curl", ["-sS", "--unix-socket", daemon.socket, ...args], { maxBuffer: 1 << 26, encoding: "buffer" }))
      .stdout;

  it("calls a method", async () => {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "net.interfaces", params: {} });
    const answer = await rpc("http://localhost/rpc", "-H", "content-type: application/json", "-d", body);
    expect(JSON.parse(answer.toString())).toEqual({ jsonrpc: "2.0", id: 1, result: loopback });
  });

  it("gets the specification byte for byte, by rpc.discover and by GET", async () => {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 7, method: "rpc.discover" });
    const answer = await rpc("http://localhost/rpc", "-H", "content-type: application/json", "-d", body);
    expect(answer.includes(specification)).toBe(true);
    expect(JSON.parse(answer.toString())).toEqual({
      jsonrpc: "2.0",
      id: 7,
      result: JSON.parse(specification.toString()),
    });
    expect((await rpc("http://localhost/openrpc.json")).equals(specification)).toBe(true);
  });

  it("sends a body of unknown length in chunks", async () => {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "rpc.health" });
    const answer = await rpc(
      "http://localhost/",
      "-H",
      "transfer-encoding: chunked",
      "-H",
      "content-type: application/json",
      "-d",
      body,
    );
    expect(JSON.parse(answer.toString()).result).toEqual({ status: "ok" });
  });
});

describe("@open-rpc/client-js", () => {
  const connect = () => {
    const dispatcher = new Agent({ connect: { socketPath: daemon.socket } });
    const fetcher = ((url: string, init: object) =>
      fetch(url, { ...init, dispatcher })) as unknown as typeof globalThis.fetch;
    const transport = new HTTPTransport("http://localhost/rpc", { fetcher });
    return new OpenRpcClient(new RequestManager([transport]));
  };

  it("calls methods and understands errors", async () => {
    const client = connect();
    expect(await client.request({ method: "rpc.health" })).toEqual({ status: "ok" });
    expect(await client.request({ method: "net.interfaces", params: {} })).toEqual(loopback);
    await expect(client.request({ method: "net.no_such_method" })).rejects.toMatchObject({ code: -32601 });
    client.close();
  });

  it("sends a batch", async () => {
    const client = connect();
    client.startBatch();
    const answers = Promise.all([
      client.request({ method: "rpc.health" }),
      client.request({ method: "net.dns", params: {} }),
    ]);
    client.stopBatch();
    expect(await answers).toEqual([{ status: "ok" }, expect.objectContaining({ servers: expect.any(Array) })]);
    client.close();
  });
});

describe("jayson", () => {
  it("calls methods, sends notifications and batches", async () => {
    const client = jayson.Client.http({ socketPath: daemon.socket, path: "/rpc" });
    expect(await client.request("net.interfaces", {})).toMatchObject({ result: loopback });
    expect(await client.request("net.interfaces", ["lo"])).toMatchObject({ result: [{ ifname: "lo" }] });
    // jayson takes a null id for "send a notification"; its types do not know that.
    expect(await client.request("rpc.health", {}, null as unknown as undefined)).toBeUndefined();
    const batch = [client.request("rpc.health", {}, "a", false), client.request("net.nope", {}, "b", false)];
    expect(await client.request(batch)).toMatchObject([
      { id: "a", result: { status: "ok" } },
      { id: "b", error: { code: -32601 } },
    ]);
  });
});

describe("Python's standard library", () => {
  it("calls a method over the socket", async () => {
    const script = `
import http.client, json, socket, sys
class Unix(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(sys.argv[1])
connection = Unix("localhost")
for number in range(3):
    connection.request("POST", "/rpc", json.dumps({"jsonrpc": "2.0", "id": number, "method": "net.interfaces", "params": {"name": "lo"}}), {"Content-Type": "application/json"})
    answer = json.load(connection.getresponse())
    assert answer["id"] == number, answer
print(json.dumps(answer["result"]))
`;
    const { stdout } = await run("python3", ["-c", script, daemon.socket]);
    expect(JSON.parse(stdout)).toMatchObject([{ ifname: "lo", flags: expect.arrayContaining(["LOOPBACK"]) }]);
  });
});
