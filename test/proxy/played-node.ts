import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { absentFromProxy, answererOf, domainOf, proxy } from "../../src/proxy/proxy.js";
import type { AnswerParts } from "../../src/rpc/answer.js";
import { call, type LogBook, localWith, logBook, origin, partsWith } from "../rpc/parts.js";
import { PlayedUpstream } from "../world/played-upstream.js";

export const MAX_BYTES = 100_000;

export const admin = () => origin({ caller: localWith("admin") });
export const addRoute = call("net.routes.add", { dst: "10.9.0.0/16", gateway: "10.1.1.1" });

/** The proxy in front of two upstreams that behave as they are told. */
export interface PlayedNode {
  readonly net: PlayedUpstream;
  readonly vol: PlayedUpstream;
  readonly log: LogBook;
  readonly parts: AnswerParts;
  readonly degraded: ReturnType<typeof proxy>["degraded"];
  stop(): Promise<void>;
}

export async function playedNode(): Promise<PlayedNode> {
  const folder = mkdtempSync(join(tmpdir(), "mos-t-proxy-"));
  const net = new PlayedUpstream(join(folder, "mosnet.sock"));
  const vol = new PlayedUpstream(join(folder, "storage.sock"));
  await Promise.all([net.start(), vol.start()]);
  const log = logBook();
  const { handlers, degraded } = proxy({ sockets: { net: net.path, vol: vol.path }, maxBytes: MAX_BYTES, log });
  const service = { handlers, absent: absentFromProxy, explain: () => undefined, laneOf: domainOf, answererOf };
  const stop = async () => {
    await Promise.all([net.stop(), vol.stop()]);
    rmSync(folder, { recursive: true });
  };
  return { net, vol, log, parts: partsWith({}, { service, log }), degraded, stop };
}
