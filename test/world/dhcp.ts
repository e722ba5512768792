import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Asked, Namespace, type NetCall } from "./namespace.js";

/** The client's own folders, so that no client sees or changes what the machine has there. */
const PRIVATE = [
  "/run",
  "/var/lib/dhcp",
  "/var/lib/dhcpcd",
  "/var/lib/dhcpv6",
  "/var/lib/NetworkManager",
  "/etc/NetworkManager",
];

/** What the holder of the client's mount namespace does before it waits. */
const HOLD = `
for folder in ${PRIVATE.join(" ")}; do mkdir -p $folder; mount -t tmpfs private $folder; done
mkdir -p /run/dhcpcd /run/lock /run/netns /run/resolv
touch /run/resolv/conf
mount --bind /run/resolv/conf /etc/resolv.conf
mount -o remount,bind,ro /sys
echo ready
exec sleep 900`;

/** A DHCP server in one namespace and a client's machine in another, which share nothing but a wire. */
export class DhcpWorld {
  readonly server = new Namespace();
  readonly client = new Namespace();
  /** For configurations and lease databases of servers. */
  readonly folder = mkdtempSync(join(tmpdir(), "mos-t-dhcp-"));
  private holder: ChildProcess | undefined;
  private readonly servers: ChildProcess[] = [];

  /** Wires `srv0` of the server (192.0.2.1, 2001:db8:1::1) to `up0` of the client, which also has `in0`. */
  async open(): Promise<this> {
    this.server.ip(`link add srv0 type veth peer name up0 netns ${this.client.name}`);
    this.server.batch([
      "link set lo up",
      "addr add 192.0.2.1/24 dev srv0",
      "addr add 2001:db8:1::1/64 dev srv0 nodad",
      "link set srv0 up",
    ]);
    // Duplicate detection would only make every lease two seconds later.
    for (const link of ["default", "up0"]) this.client.sysctl(`net.ipv6.conf.${link}.accept_dad`, 0);
    this.client.batch([
      "link set lo up",
      "link set up0 address 02:00:00:00:00:10",
      "link set up0 up",
      "link add in0 type veth peer name in0p",
      "link set in0 up",
      "link set in0p up",
    ]);
    const [command = "", ...args] = this.client.wrapper;
    this.holder = spawn(command, [...args, "unshare", "--mount", "--propagation", "private", "sh", "-euc", HOLD], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    if (this.holder.stdout) await once(this.holder.stdout, "data");
    return this;
  }

  private get inside(): string[] {
    return ["--target", String(this.holder?.pid), "--mount", "--net", "--"];
  }

  /** What puts a command onto the client's machine. */
  get wrapper(): string[] {
    return ["nsenter", ...this.inside];
  }

  /** Runs a command on the client's machine, its output thrown away where it goes on in the background. */
  run(command: string, ...args: string[]): string {
    return execFileSync("nsenter", [...this.inside, command, ...args], {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C" },
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  /** Runs a shell script on the client's machine; what it starts may go on. */
  script(text: string): void {
    execFileSync("nsenter", [...this.inside, "sh", "-euc", text], { stdio: ["ignore", "ignore", "inherit"] });
  }

  /** The answers of `net.*` methods, asked on the client's machine. */
  ask(...calls: readonly NetCall[]): readonly unknown[] {
    const script = join(import.meta.dirname, "call-net.mjs");
    const said: Asked = JSON.parse(this.run(process.execPath, script, "netlink", JSON.stringify(calls)));
    return said.answers;
  }

  /** Asks again until the answer passes; answers the last one all the same when that takes too long. */
  async until<T>(call: NetCall, isGood: (answer: T) => boolean): Promise<T> {
    for (let tries = 1; ; tries++) {
      const [answer] = this.ask(call) as [T];
      if (isGood(answer) || tries === 60) return answer;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }

  /** dnsmasq with DHCPv4 (an hour), DHCPv6 (two hours) and router advertisements for SLAAC. */
  dnsmasq(): ChildProcess {
    return this.dnsmasqWith([
      "--dhcp-range=192.0.2.50,192.0.2.99,1h",
      "--dhcp-option=option:router,192.0.2.1",
      "--dhcp-option=option:dns-server,192.0.2.53",
      "--dhcp-option=option:ntp-server,192.0.2.123",
      "--dhcp-option=option:domain-name,example.net",
      "--dhcp-option=option:domain-search,example.net,lab.example.net",
      "--dhcp-option=121,0.0.0.0/0,192.0.2.1,198.51.100.0/24,192.0.2.2",
    ]);
  }

  /** The same with a range and options of its own for DHCPv4. */
  dnsmasqWith(options: readonly string[]): ChildProcess {
    return this.serve("dnsmasq", [
      "--no-daemon",
      "--conf-file=/dev/null",
      "--no-ping",
      "--port=0",
      "--user=root",
      "--interface=srv0",
      "--bind-interfaces",
      `--dhcp-leasefile=${this.folder}/dnsmasq.leases`,
      "--dhcp-range=2001:db8:1::1000,2001:db8:1::1fff,slaac,64,2h",
      "--enable-ra",
      "--dhcp-option=option6:dns-server,[2001:db8:1::53]",
      "--dhcp-option=option6:domain-search,six.example.net",
      ...options,
    ]);
  }

  /** ISC dhcpd that delegates /56 prefixes of 2001:db8:100::/40. */
  delegate(): ChildProcess {
    const config = join(this.folder, "dhcpd6.conf");
    const leases = join(this.folder, "dhcpd6.leases");
    writeFileSync(leases, "");
    writeFileSync(
      config,
      `default-lease-time 7000; preferred-lifetime 3000;
subnet6 2001:db8:1::/64 {
  range6 2001:db8:1::1000 2001:db8:1::1fff;
  prefix6 2001:db8:100:: 2001:db8:10f:ff00:: /56;
  option dhcp6.name-servers 2001:db8:1::53;
}
`,
    );
    return this.serve("dhcpd", ["-6", "-f", "-user", "root", "-cf", config, "-lf", leases, "--no-pid", "srv0"]);
  }

  /** A connection from the server to port 22 of the client's machine, open until the end. */
  async sshSession(address: string): Promise<void> {
    const answer = "require('net').createServer(() => {}).listen(22, '0.0.0.0')";
    const call = `const socket = require('net').connect(22, '${address}', () => console.log('open'));
      socket.on('error', () => setTimeout(() => process.exit(1), 100))`;
    const [wrapper = "", ...words] = this.wrapper;
    this.servers.push(spawn(wrapper, [...words, process.execPath, "-e", answer], { stdio: "ignore" }));
    const [enter = "", ...more] = this.server.wrapper;
    for (let tries = 1; tries <= 50; tries++) {
      const caller = spawn(enter, [...more, process.execPath, "-e", call], { stdio: ["ignore", "pipe", "ignore"] });
      this.servers.push(caller);
      const [said] = await Promise.race([once(caller.stdout, "data"), once(caller, "exit")]);
      if (said instanceof Buffer) return;
    }
    throw new Error(`nothing answers at ${address}:22`);
  }

  async close(): Promise<void> {
    for (const process of this.servers) process.kill("SIGKILL");
    await this.endAll();
    this.holder?.kill("SIGKILL");
    this.server.remove();
    this.client.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private serve(command: string, args: readonly string[]): ChildProcess {
    const [wrapper = "", ...words] = this.server.wrapper;
    // `ip netns exec` becomes the server itself, so killing the child kills the server.
    const child = spawn(wrapper, [...words, command, ...args], { stdio: "ignore" });
    this.servers.push(child);
    return child;
  }

  /** Ends what runs in the client's namespace, clients that went into the background included. */
  private async endAll(): Promise<void> {
    for (const [signal, pause] of [
      ["TERM", 200],
      ["KILL", 0],
    ] as const) {
      const pids = execFileSync("ip", ["netns", "pids", this.client.name], { encoding: "utf8" }).split("\n");
      for (const pid of pids.filter(Boolean)) {
        try {
          process.kill(Number(pid), `SIG${signal}`);
        } catch {
          // It went meanwhile.
        }
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
