import { endianness } from "node:os";
import { afterAll, expect, it } from "vitest";
import { Files } from "../../../src/kernel/files.js";
import { hiddenServices } from "../../../src/native/net/rule-warnings.js";
import { Sysroot } from "../../world/sysroot.js";

const HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
const REST = "00000000:00000000 00:00000000 00000000     0        0 3980595 1 0000000004c8f3a1 100 0 0 10 0";
const table = (...sockets: string[]) => [HEAD, ...sockets.map((one, at) => `   ${at}: ${one} ${REST}`)].join("\n");
const none = "0".repeat(32);

// What python3's sockets on these addresses looked like in `cat /proc/net/{tcp,tcp6,udp}`.
const machine = new Sysroot({
  files: {
    "/proc/net/tcp": table(
      "0100007F:0016 00000000:0000 0A",
      "00000000:0050 00000000:0000 0A",
      "010200C0:1F90 00000000:0000 0A",
      "010200C0:1F91 076433C6:A94B 01",
    ),
    "/proc/net/tcp6": table(`00000000000000000000000001000000:20FB ${none}:0000 0A`, `${none}:01BB ${none}:0000 0A`),
    "/proc/net/udp": table("00000000:CA6C 00000000:0000 07"),
  },
  links: {},
});
afterAll(() => machine.remove());

const hidden = async (family: "inet" | "inet6", protocol: "tcp" | "udp", port: number, address?: string) => {
  const taken = { family, protocols: [protocol], ports: { first: port, last: port }, address };
  return (await hiddenServices(new Files(machine.folder), taken)).map(({ object }) => object);
};

it.runIf(endianness() === "LE")(
  "services that a port forward hides are those that the packets reached before",
  async () => {
    expect(await hidden("inet", "tcp", 80)).toEqual(["tcp 80"]);
    expect(await hidden("inet6", "tcp", 80)).toEqual([]);
    expect(await hidden("inet", "udp", 80)).toEqual([]);
    expect(await hidden("inet", "udp", 51_820)).toEqual(["udp 51820"]);
    // One that serves IPv6 on every address may serve IPv4 too.
    for (const family of ["inet", "inet6"] as const) expect(await hidden(family, "tcp", 443)).toEqual(["tcp 443"]);
    // The loopback's own are no one else's.
    expect(await hidden("inet", "tcp", 22)).toEqual([]);
    expect(await hidden("inet6", "tcp", 8443)).toEqual([]);
    expect(await hidden("inet", "tcp", 8080)).toEqual(["tcp 8080"]);
    expect(await hidden("inet", "tcp", 8080, "192.0.2.1")).toEqual(["tcp 8080"]);
    expect(await hidden("inet", "tcp", 8080, "192.0.2.9")).toEqual([]);
    expect(await hidden("inet", "tcp", 8081)).toEqual([]);
  },
);
