#!/usr/bin/env node
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { version } from "../../generated/methods.gen.js";
import { absentFromMock, mockHandlers } from "../mock/mock.js";
import { serveMock } from "../server/mock.js";

const help = `Usage: my-os-server-mock [--socket PATH] [-v]

Answers the examples of the specification, for programs that are built and tested against my_os_server
where there is no Linux and no root. Prints its socket when it is ready: set MY_OS_SOCKET to it.

  --socket PATH  Unix socket, or named pipe on Windows. $MY_OS_SOCKET; else one in the temporary folder
  -v, --verbose  Log every call
  --version      Print the version, and end
  -h, --help     Print this, and end
`;

const defaultSocket = (): string =>
  process.env.MY_OS_SOCKET ||
  (process.platform === "win32" ? "\\\\.\\pipe\\my-os-mock" : join(tmpdir(), "my-os-mock.sock"));

try {
  const { values } = parseArgs({
    options: {
      socket: { type: "string", default: defaultSocket() },
      verbose: { type: "boolean", short: "v", default: false },
      version: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) process.stdout.write(help);
  else if (values.version) process.stdout.write(`my-os-server-mock ${version}\n`);
  else {
    const compose = (specification: Uint8Array) => ({
      handlers: mockHandlers(specification),
      absent: absentFromMock,
      explain: () => undefined,
    });
    await serveMock({ socket: values.socket, verbose: values.verbose, compose });
  }
} catch (error) {
  process.stderr.write(`my-os-server-mock: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = error instanceof TypeError ? 64 : 70;
}
