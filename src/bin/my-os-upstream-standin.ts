#!/usr/bin/env node
import { Files } from "../kernel/files.js";
import { nodeId } from "../kernel/node.js";
import { absentFromNative, nativeDaemon } from "../native/native.js";
import { ovs } from "../native/net/ovs.js";
import { toolError } from "../native/tool-errors.js";
import { runStandIn } from "../server/upstream-standin.js";

await runStandIn(
  {
    program: "my-os-upstream-standin",
    compose: async ({ sysroot, state_dir: stateDir }, version, log) => {
      const files = new Files(sysroot);
      const { handlers } = await nativeDaemon({ files, stateDir, version, nodeId: await nodeId(files), log });
      return { handlers: { ...handlers, ...ovs({ files }) }, absent: absentFromNative, explain: toolError };
    },
  },
  process.argv.slice(2),
);
