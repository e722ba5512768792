import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Daemon } from "../world/daemon.js";
import { answering, PlayedUpstream } from "../world/played-upstream.js";

describe("results of an upstream that do not fit the specification", () => {
  const UNFIT = '{"nameservers":"none at all"}';
  let folder: string;
  let net: PlayedUpstream;
  let daemon: Daemon;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "mos-t-unfit-"));
    net = new PlayedUpstream(join(folder, "mosnet.sock"));
    await net.start();
    net.behave = answering(UNFIT);
  });
  afterEach(async () => {
    await daemon?.stop();
    await net.stop();
    rmSync(folder, { recursive: true });
  });

  const start = async (...flags: string[]) => {
    const sockets = ["--net-socket", net.path, "--vol-socket", join(folder, "none.sock")];
    daemon = await Daemon.start([...sockets, ...flags], [], "my-os-server-mos");
  };
  const counted = async () => {
    const { body } = await daemon.get("/metrics");
    return body.toString().match(/^my_os_unfit_results_total\{.*$/gm) ?? [];
  };
  const logged = () => daemon.log.split("\n").filter((line) => line.includes("does not fit the specification"));

  it("are passed on, counted each time and logged once a method", async () => {
    await start();
    for (let round = 0; round < 3; round += 1)
      expect((await daemon.call("net.dns")).result).toEqual({ nameservers: "none at all" });
    expect((await daemon.call("net.routes")).result).toEqual({ nameservers: "none at all" });
    expect(await counted()).toEqual([
      'my_os_unfit_results_total{method="net.dns"} 3',
      'my_os_unfit_results_total{method="net.routes"} 1',
    ]);
    expect(logged().map((line) => JSON.parse(line).method)).toEqual(["net.dns", "net.routes"]);
    net.behave = answering("[]");
    expect((await daemon.call("net.routes")).result).toEqual([]);
    expect(await counted()).toHaveLength(2);
  });

  it("are passed on and counted even where they are nested beyond reason", async () => {
    const deep = `${"[".repeat(50_000)}18446744073709551615${"]".repeat(50_000)}`;
    net.behave = answering(deep);
    await start();
    const { body } = await daemon.post('{"jsonrpc":"2.0","id":1,"method":"net.dns"}');
    expect(body.toString()).toBe(`{"jsonrpc":"2.0","id":1,"result":${deep}}`);
    expect(await counted()).toEqual(['my_os_unfit_results_total{method="net.dns"} 1']);
  });

  it("are passed on unseen where nobody checks", async () => {
    await start("--check-results=off");
    expect((await daemon.call("net.dns")).result).toEqual({ nameservers: "none at all" });
    expect([await counted(), logged()]).toEqual([[], []]);
  });
});
