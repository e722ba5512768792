import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type MethodName, methods } from "../../generated/methods.gen.js";
import { validateResult } from "../../generated/results.gen.js";
import { Daemon } from "../world/daemon.js";
import { LoopBench } from "../world/loop.js";
import { MosNode } from "../world/mos-node.js";
import { describeNetwork } from "../world/namespace.js";
import { OpenVswitch } from "../world/open-vswitch.js";
import { send, sendAs } from "../world/peer.js";
import { accessListText, people, signedBy, tokens } from "../world/people.js";
import { PlayedUpstream } from "../world/played-upstream.js";
import { settled } from "./settled.js";

const reads = Object.entries(methods)
  .filter(([name, { right }]) => right === "read" && !name.startsWith("rpc."))
  .map(([name]) => name as MethodName);

describeNetwork("a whole MOS node on live namespaces, loop devices and a live switch", () => {
  const ovs = new OpenVswitch();
  const bench = new LoopBench();
  let node: MosNode;
  let disk: string;
  let mounted: string;

  beforeAll(async () => {
    ovs.start();
    const loop = bench.attach({ sizeBytes: 512 << 20 });
    disk = loop.path;
    const data = bench.attach({ sizeBytes: 256 << 20 });
    data.wreck("mkfs.btrfs", ["-q", "-L", "MOSDATA"]);
    mounted = bench.mount(data.path, "data");
    ovs.namespace.ip("link add br9 type bridge");
    ovs.namespace.ip("addr add 198.51.100.1/24 dev br9");
    ovs.namespace.ip("link set br9 up");
    node = await MosNode.start(ovs.namespace.wrapper, ovs.env);
  });
  afterAll(async () => {
    await node?.stop();
    bench.close();
    ovs.stop();
  });

  /** Parameters without which a read has nothing to say here. */
  const paramsFor = (method: MethodName): object => {
    if (method === "vol.list_free_space") return { disk };
    if (method === "vol.md_detail") return { array: "/dev/md0" };
    const wantsPath = [
      "vol.list_subvolumes",
      "vol.fs_usage",
      "vol.fs_df",
      "vol.device_stats",
      "vol.scrub_status",
      "vol.balance_status",
    ];
    if (!wantsPath.includes(method)) return {};
    return (methods[method].params as readonly string[]).includes("target") ? { target: mounted } : { path: mounted };
  };

  /** Asks both ways; other suites mount and make things on this machine meanwhile, so a few times if need be. */
  async function bothWays(method: MethodName, params: object) {
    for (let left = 10; ; left -= 1) {
      const [through, direct] = [await node.proxy.call(method, params), await node.upstream(method, params)];
      const isSame = isDeepStrictEqual(
        settled([through.result, through.error]),
        settled([direct.result, direct.error]),
      );
      if (left === 0 || isSame) return { through, direct };
    }
  }

  it.each(reads)(
    "%s answers through the proxy what the upstream answers, and what fits the specification",
    async (method) => {
      const params = paramsFor(method);
      const { through, direct } = await bothWays(method, params);
      expect(settled(through.result)).toEqual(settled(direct.result));
      expect(settled(through.error)).toEqual(settled(direct.error));
      if (method === "vol.md_detail") expect(through.error?.data.kind).toBe("not_found");
      else {
        expect(through.error).toBeUndefined();
        expect(validateResult[method](through.result), JSON.stringify(validateResult[method].errors)).toBe(true);
      }
    },
  );

  it("wrong parameters are refused before anything is passed on, and an upstream's error comes as it is", async () => {
    expect((await node.proxy.call("net.routes", { famly: "inet" })).error).toMatchObject({ code: -32602 });
    const [through, direct] = [
      await node.proxy.call("net.bridge.delete", { name: "no-such" }),
      await node.upstream("net.bridge.delete", { name: "no-such" }),
    ];
    expect(settled(through.error)).toEqual(settled(direct.error));
    expect(through.error?.data.kind).toBe("not_found");
  });

  it("is told by its health when its upstreams are gone, and well again when they are back, with nobody's help", async () => {
    const health = async () => JSON.parse((await node.proxy.get("/health")).body.toString()).degraded;
    expect(await health()).toEqual([]);
    await node.killUpstreams();
    expect((await health()).map(({ part }: { part: string }) => part).sort()).toEqual(["mos_volmgrd", "mosnetd"]);
    expect((await node.proxy.call("net.dns")).error).toMatchObject({
      code: -32004,
      data: { upstream: "mosnetd", reason: "refused" },
    });
    await node.startUpstreams();
    const deadline = Date.now() + 20_000;
    while ((await health()).length > 0 && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await health()).toEqual([]);
    expect((await node.proxy.call("net.dns")).error).toBeUndefined();
  });
});

describe("what an upstream hears of a caller", () => {
  const folder = mkdtempSync(join(tmpdir(), "mos-t-wire-"));
  const net = new PlayedUpstream(join(folder, "mosnet.sock"));
  let daemon: Daemon;
  beforeAll(async () => {
    await net.start();
    const acl = join(folder, "acl.toml");
    writeFileSync(acl, accessListText("read"));
    const sockets = ["--net-socket", net.path, "--vol-socket", join(folder, "none.sock")];
    daemon = await Daemon.start(["--acl", acl, ...sockets], [], "my-os-server-mos");
  });
  afterAll(async () => {
    await daemon?.stop();
    await net.stop();
    rmSync(folder, { recursive: true });
  });

  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "net.dns", params: {} });
  /** Everything that the upstream got because of a call with these headers, by this process or by another user's. */
  const ask = async (headers: Record<string, string>, uid?: number) => {
    net.heard.length = 0;
    const sent = {
      socket: daemon.socket,
      method: "POST",
      path: "/rpc",
      body,
      headers: { "content-type": "application/json", ...headers },
    };
    await (uid === undefined ? send(sent) : sendAs(uid, sent));
    return net.heard.map(({ head, text }) => `${head}\n${text}`.toLowerCase()).join("\n");
  };
  const nodeId = async () => JSON.parse((await daemon.get("/.well-known/heroservice.json")).body.toString()).node;

  it("is the verified key and nothing else of a token, a signature or cookies", async () => {
    const byToken = await ask({
      authorization: `Bearer ${tokens.operator}`,
      cookie: "session=1",
      "x-forwarded-for": "10.0.0.1",
    });
    expect(byToken).toContain(`x-public-key: ${people.operator.publicKey}`);
    expect(byToken).not.toContain("authorization");
    expect(byToken).not.toContain(tokens.operator.toLowerCase());
    expect(byToken).not.toContain("cookie");
    expect(byToken).not.toContain("x-forwarded-for");
    const signed = await ask(signedBy(people.admin, await nodeId(), body));
    expect(signed).toContain(`x-public-key: ${people.admin.publicKey}`);
    expect(signed).not.toMatch(/signature|content-digest|x-os-node/);
  });

  it("is no key where nobody proved one", async () => {
    expect(await ask({})).not.toContain("x-public-key");
  });

  it.runIf(process.getuid?.() === 0)("is no key that another user of this machine merely names", async () => {
    chmodSync(daemon.folder, 0o711);
    chmodSync(daemon.socket, 0o666);
    const bare = { "x-public-key": people.admin.publicKey };
    expect(await ask(bare)).toContain(people.admin.publicKey);
    expect(await ask(bare, 4242)).toBe("");
    expect(await ask({}, 4242)).toMatch(/"method":"mosnet.dns"/);
    expect(await ask({ authorization: `Bearer ${tokens.operator}` }, 4242)).toContain(people.operator.publicKey);
  });

  it("is nothing at all where credentials are not good", async () => {
    expect(await ask({ authorization: `Bearer ${tokens.unknown}` })).toBe("");
    expect(await ask({ authorization: `Bearer ${tokens.expired}` })).toBe("");
  });
});
