#!/usr/bin/env node
import { Files } from "../kernel/files.js";
import { nodeId } from "../kernel/node.js";
import { absentFromProxy, answererOf, domainOf, proxy } from "../proxy/proxy.js";
import { type Composed, type Given, runDaemon } from "../server/daemon.js";

const compose = async ({ settings, log }: Given): Promise<Composed> => {
  const sockets = { net: settings.net_socket, vol: settings.vol_socket };
  const { handlers, degraded } = proxy({ sockets, maxBytes: settings.limit_response_bytes, log });
  const service = {
    handlers,
    absent: absentFromProxy,
    explain: () => undefined,
    passesParams: settings.proxy_validate === "off",
    laneOf: domainOf,
    answererOf,
  };
  return { service, node: await nodeId(new Files()), degraded };
};

await runDaemon({ program: "my-os-server-mos", unfitResults: "told", compose }, process.argv.slice(2));
