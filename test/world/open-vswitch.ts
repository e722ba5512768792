import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Namespace } from "./namespace.js";

/** An Open vSwitch of its own (user-space datapath) inside a namespace, between two hosts with addresses. */
export class OpenVswitch {
  readonly namespace = new Namespace();
  readonly hosts = [new Namespace(), new Namespace()] as const;
  private readonly folder = mkdtempSync(join(tmpdir(), "mos-t-ovs-"));

  /** What makes every tool of Open vSwitch speak to this one. */
  get env(): Record<string, string> {
    const { folder } = this;
    return { OVS_RUNDIR: folder, OVS_DBDIR: folder, OVS_LOGDIR: folder, OVS_SYSCONFDIR: folder };
  }

  /** Runs a tool inside the namespace and answers what it wrote. */
  run(tool: string, ...args: string[]): string {
    return execFileSync("ip", ["netns", "exec", this.namespace.name, tool, ...args], {
      encoding: "utf8",
      env: { ...process.env, ...this.env, LC_ALL: "C" },
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  start(): void {
    const database = join(this.folder, "conf.db");
    this.run("ovsdb-tool", "create", database, "/usr/share/openvswitch/vswitch.ovsschema");
    this.run(
      "ovsdb-server",
      database,
      `--remote=punix:${join(this.folder, "db.sock")}`,
      "--pidfile",
      "--detach",
      "--log-file",
    );
    this.run("ovs-vsctl", "--no-wait", "init");
    // Without a kernel datapath: the test machine's kernel has none, and a user-space one needs no module.
    this.run("ovs-vswitchd", "--disable-system", "--pidfile", "--detach", "--log-file");
    this.run(
      "ovs-vsctl",
      "add-br",
      "br-ex",
      "--",
      "set",
      "bridge",
      "br-ex",
      "datapath_type=netdev",
      "fail_mode=secure",
      "protocols=[OpenFlow10,OpenFlow13]",
      "other_config:hwaddr=02:00:00:00:00:0a",
    );
    this.run(
      "ovs-vsctl",
      "add-br",
      "br-int",
      "--",
      "set",
      "bridge",
      "br-int",
      "datapath_type=netdev",
      "external_ids:owner=test",
    );
    for (const [index, host] of this.hosts.entries()) this.connect(host, index + 1);
    this.run(
      "ovs-vsctl",
      "add-port",
      "br-int",
      "patch-ex",
      "--",
      "set",
      "interface",
      "patch-ex",
      "type=patch",
      "options:peer=patch-int",
    );
    this.run(
      "ovs-vsctl",
      "add-port",
      "br-ex",
      "patch-int",
      "--",
      "set",
      "interface",
      "patch-int",
      "type=patch",
      "options:peer=patch-ex",
    );
    this.run("ovs-vsctl", "set-controller", "br-int", "tcp:127.0.0.1:6653");
  }

  /** A host behind a port of `br-ex`: 192.0.2.N/24. */
  private connect(host: Namespace, number: number): void {
    const [outside, inside] = [`ovs${number}`, "eth0"];
    this.namespace.ip(`link add ${outside} type veth peer name ${inside} netns ${host.name}`);
    this.namespace.ip(`link set ${outside} up`);
    host.ip(`addr add 192.0.2.${number}/24 dev ${inside}`);
    host.ip(`link set ${inside} address 02:00:00:00:01:0${number}`);
    host.ip(`link set ${inside} up`);
    // The user-space datapath sends checksums as they came, and veth leaves them out.
    host.run("ethtool", "-K", inside, "tx", "off");
    this.run("ovs-vsctl", "add-port", "br-ex", outside, "--", "set", "interface", outside, `ofport_request=${number}`);
  }

  stop(): void {
    for (const name of ["ovs-vswitchd", "ovsdb-server"]) {
      try {
        process.kill(Number(readFileSync(join(this.folder, `${name}.pid`), "utf8")), "SIGKILL");
      } catch {
        // It may never have come up.
      }
    }
    for (const namespace of [...this.hosts, this.namespace]) namespace.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
