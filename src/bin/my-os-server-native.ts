#!/usr/bin/env node
import { Files } from "../kernel/files.js";
import { nodeId } from "../kernel/node.js";
import { absentFromNative, nativeDaemon } from "../native/native.js";
import { toolError } from "../native/tool-errors.js";
import { type Composed, type Given, runDaemon } from "../server/daemon.js";

const compose = async ({ sysroot, stateDir, settings, version, log }: Given): Promise<Composed> => {
  const files = new Files(sysroot);
  const node = await nodeId(files);
  const firewall = {
    inputPolicy: settings.firewall_input_policy,
    alwaysAllow: settings.firewall_always_allow,
    acceptMark: settings.firewall_accept_mark,
  };
  const { handlers, degraded } = await nativeDaemon({ files, stateDir, version, nodeId: node, log, firewall });
  return { service: { handlers, absent: absentFromNative, explain: toolError }, node, degraded };
};

await runDaemon({ program: "my-os-server-native", unfitResults: "withheld", compose }, process.argv.slice(2));
