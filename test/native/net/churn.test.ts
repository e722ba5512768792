import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Route } from "../../../generated/types.gen.js";
import { describeNetwork, Namespace, type NetCall } from "../../world/namespace.js";

/** Runs a shell script over and over while `work` goes on. */
async function whileRepeating<T>(script: string, work: () => T): Promise<T> {
  const writer: ChildProcess = spawn("sh", ["-c", `while :; do ${script}; done`], { stdio: "ignore" });
  try {
    return work();
  } finally {
    writer.kill();
    await once(writer, "exit");
  }
}

const isKind = (answer: unknown): answer is { kind: string } =>
  typeof answer === "object" && answer !== null && "kind" in answer;

describeNetwork("links that come and go while they are read", () => {
  const namespace = new Namespace();
  afterAll(() => namespace.remove());

  it("are there or not, and never a failure", async () => {
    const turn =
      "link add flapbr type bridge; link add flap type veth peer name flapp; link set flap up master flapbr; " +
      "addr add 192.0.2.1/24 dev flap; link set flap name gone; link del gone; link del flapbr";
    const script = turn.split("; ").map((words) => `ip -n ${namespace.name} ${words}`);
    const calls: NetCall[] = Array.from({ length: 150 }, (): NetCall[] => [
      ["net.interfaces", { name: "flap" }],
      ["net.interfaces", { kind: "bridge" }],
      ["net.interfaces", { master: "flapbr" }],
      ["net.routes", { dev: "flap" }],
      ["net.neighbors", { dev: "flap" }],
      ["net.status"],
    ]).flat();
    const { answers } = await whileRepeating(script.join("; "), () => namespace.ask(calls));
    const kinds = answers.map((answer) => (isKind(answer) ? answer.kind : "answered"));
    expect([...new Set(kinds)].sort()).toEqual(["answered", "not_found"]);
    for (const [place, [, params]] of calls.entries()) {
      if (params && "name" in params && kinds[place] === "answered") expect(answers[place]).toHaveLength(1);
    }
  });
});

describeNetwork("routes that stay while others come and go", () => {
  const namespace = new Namespace();
  const count = (length: number, make: (hex: string, n: number) => string) =>
    Array.from({ length }, (_, n) => make(n.toString(16), n));
  const ipv4 = count(300, (_, n) => `10.77.${n >> 8}.${n & 255}`);
  const ipv6 = count(300, (hex) => `2001:db8:f${hex.padStart(3, "0")}::/64`);
  /** A thousand of each family, made by the shell: an argument cannot hold them all. */
  const others = (verb: string) =>
    `seq 1 1000 | awk '{ printf "route ${verb} 2001:db8:%x::/64 via 2001:db8::9 dev up0\\n", $1;
      printf "route ${verb} 10.%d.%d.0/24 via 192.0.2.9 dev up0\\n", $1 / 256, $1 % 256 }' |
      ip -n ${namespace.name} -force -batch -`;

  afterAll(() => namespace.remove());
  beforeAll(() => {
    namespace.sysctl("net.ipv6.conf.default.addr_gen_mode", 1);
    for (const words of ["link add up0 type veth peer name up0p", "link set up0 up", "link set up0p up"]) {
      namespace.ip(words);
    }
    namespace.batch([
      "addr add 192.0.2.1/24 dev up0",
      "addr add 2001:db8::1/64 dev up0 nodad",
      ...ipv4.map((dst) => `route add ${dst} dev up0`),
      ...ipv6.map((dst) => `route add ${dst} dev up0`),
    ]);
  });

  it("are each there, and once", async () => {
    const calls = Array.from({ length: 25 }, (): NetCall => ["net.routes", { table: "main", dev: "up0" }]);
    const answers = await whileRepeating(
      `${others("add")}; ${others("del")}`,
      () => namespace.ask(calls).answers as Route[][],
    );
    const stay = new Set([...ipv4, ...ipv6]);
    for (const answer of answers) {
      const found = answer.map(({ dst }) => dst);
      expect(found.filter((dst) => stay.has(dst)).sort()).toEqual([...stay].sort());
      expect(new Set(found).size).toBe(found.length);
    }
    expect(new Set(answers.map(({ length }) => length)).size).toBeGreaterThan(1);
  });
});
