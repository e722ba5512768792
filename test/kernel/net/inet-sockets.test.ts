import { endianness } from "node:os";
import { describe, expect, it } from "vitest";
import { parseTcp } from "../../../src/kernel/inet-sockets.js";

const HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
const REST = "00000000:00000000 02:000A7214 00000000     0        0 41215 2 0000000000000000 20 4 30 10 -1";

// Recorded on a machine of that byte order: the kernel prints words of its own.
describe.runIf(endianness() === "LE")("/proc/net/tcp and tcp6", () => {
  it("are read as the established connections, mapped addresses as IPv4", () => {
    const text = [
      HEAD,
      "   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0",
      `   1: 010200C0:0016 076433C6:A94B 01 ${REST}`,
      `   2: 010200C0:01BB 076433C6:A94C 06 ${REST}`,
    ].join("\n");
    expect(parseTcp(text)).toEqual([
      { family: "inet", local: "192.0.2.1", localPort: 22, remote: "198.51.100.7", remotePort: 43_339, inode: "41215" },
    ]);
    const six = [
      HEAD,
      `   0: 0000000000000000FFFF0000010200C0:0016 0000000000000000FFFF0000076433C6:A94B 01 ${REST}`,
      `   1: B80D0120000000000000000001000000:0016 B80D0120000000000000000002000000:A94B 01 ${REST}`,
    ].join("\n");
    expect(parseTcp(six)).toMatchObject([
      { family: "inet", local: "192.0.2.1", remote: "198.51.100.7" },
      { family: "inet6", local: "2001:db8::1", remote: "2001:db8::2", remotePort: 43_339 },
    ]);
  });

  it("are read past lines that make no sense", () => {
    expect(parseTcp("")).toEqual([]);
    expect(parseTcp(`${HEAD}\n   0: zz:1 yy:2 01 ${REST}\n\n   1: short`)).toEqual([]);
  });
});
