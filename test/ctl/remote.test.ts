import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Certificates, keyOf } from "../world/certificates.js";
import { built, Daemon } from "../world/daemon.js";
import { describeNetwork, Namespace } from "../world/namespace.js";
import { listening, portOf } from "../world/remote.js";

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const folder = mkdtempSync(join(tmpdir(), "mos-t-ctl-remote-"));

describeNetwork("my-os-ctl from another machine", () => {
  const namespace = new Namespace();
  const certificates = new Certificates();
  let daemon: Daemon;
  let host = "";
  let ca = "";

  /** Runs a shell script inside the namespace, where the built `my-os-ctl` is in the path and no socket is. */
  async function run(text: string): Promise<Said> {
    const [command = "", ...words] = [...namespace.wrapper, "bash", "--norc", "-u", "-o", "pipefail", "-c", text];
    const env = { PATH: `${folder}:${process.env.PATH}`, HOME: folder, HOST: host, CA: ca };
    const said = await promisify(execFile)(command, words, { cwd: folder, env }).catch((error) => error);
    return { code: said.code ?? 0, out: said.stdout, err: said.stderr };
  }
  const whoami = async (flags: string) => JSON.parse((await run(`my-os-ctl whoami --json ${flags}`)).out);

  beforeAll(async () => {
    const ctl = `#!/bin/sh\nexec ${process.execPath} ${built("my-os-ctl")} "$@"\n`;
    writeFileSync(join(folder, "my-os-ctl"), ctl, { mode: 0o755 });
    namespace.batch(["link set lo up"]);
    const authority = certificates.make({ isAuthority: true });
    const client = certificates.make({ algorithm: "ed25519" });
    ca = authority.certificate;
    writeFileSync(join(folder, "client.crt"), readFileSync(client.certificate));
    writeFileSync(join(folder, "client.key"), readFileSync(client.key));
    const made = await run(`
      set -e
      my-os-ctl key new me.key --json
      my-os-ctl token new ${keyOf(client)} 1 --json | tee token.json | sed 's/.*"token":"\\([^"]*\\)".*/\\1/' > token`);
    const { public_key: key } = JSON.parse(made.out);
    const { acl } = JSON.parse(readFileSync(join(folder, "token.json"), "utf8"));
    writeFileSync(
      join(folder, "acl.toml"),
      `[[group]]\nname = "admins"\nusers = ["${key}"]\n[[group]]\nname = "readers"\nusers = ["${keyOf(client)}"]\n
[[ace]]\nright = "admin"\ngroups = ["admins"]\n[[ace]]\nright = "read"\ngroups = ["readers"]\n${acl}\n`,
    );
    const flags = [
      "--acl",
      join(folder, "acl.toml"),
      "--check-results",
      ...listening(certificates.make({ by: authority })),
    ];
    daemon = await Daemon.start(flags, namespace.wrapper);
    host = `localhost:${portOf(daemon)}`;
  }, 60_000);
  afterAll(async () => {
    await daemon?.stop();
    certificates.remove();
    namespace.remove();
    rmSync(folder, { recursive: true });
  });

  it("says what it lacks: a trusted certificate, a name, a daemon", async () => {
    const stranger = await run('my-os-ctl net interfaces --host "$HOST"');
    expect([stranger.code, stranger.out]).toEqual([69, ""]);
    expect(stranger.err).toMatch(/certificate/);
    const nameless = await run('my-os-ctl net interfaces --host "$HOST" --ca-file "$CA"');
    expect([nameless.code, nameless.out]).toEqual([23, ""]);
    expect(nameless.err).toMatch(/\(permission_denied\)/);
    expect((await run('my-os-ctl health --host localhost:1 --ca-file "$CA"')).code).toBe(69);
    const missing = await run('my-os-ctl health --host "$HOST" --ca-file /nonexistent/ca.pem');
    expect([missing.code, missing.err]).toEqual([expect.any(Number), expect.stringContaining("/nonexistent/ca.pem")]);
    expect(missing.code).not.toBe(0);
  });

  it("is known by a token, a key file and a client certificate", async () => {
    const place = '--host "$HOST" --ca-file "$CA"';
    expect(await whoami(`${place} --token-file token`)).toMatchObject({ right: "read" });
    expect(await whoami(`${place} --cert-file client.crt --cert-key-file client.key`)).toMatchObject({ right: "read" });
    expect(await whoami(`${place} --key-file me.key`)).toMatchObject({ right: "admin" });
    const read = await run(`my-os-ctl net interfaces ${place} --token-file token -o name`);
    expect(read).toEqual({ code: 0, out: "lo\n", err: "" });
    const refused = await run(`my-os-ctl net bridge add --name br0 ${place} --token-file token`);
    expect([refused.code, refused.out]).toEqual([23, ""]);
    writeFileSync(join(folder, "wrong"), "nobody's token\n");
    expect((await run(`my-os-ctl net interfaces ${place} --token-file wrong`)).code).toBe(21);
  });

  it("finds place and identity in a context, and writes there", async () => {
    const context = (name: string, identity: string) =>
      `[context.${name}]\nhost = "${host}"\nca_file = "${ca}"\n${identity}\n`;
    writeFileSync(
      join(folder, "ctl.toml"),
      `current = "site"\n${context("site", 'token_file = "~/token"')}${context("admin", 'key_file = "~/me.key"')}`,
    );
    const { code, out, err } = await run(`
      set -e
      mkdir -p .config/my_os_server && cp ctl.toml .config/my_os_server/
      my-os-ctl net interfaces -o name
      my-os-ctl net bridge add --name br0 --context admin -o name
      MY_OS_CONTEXT=admin my-os-ctl net bridge -o name
      my-os-ctl __complete -- net bridge delete --context admin --name ''
      my-os-ctl net bridge delete --name br0 --context=admin --json > /dev/null
      my-os-ctl whoami --context amdin`);
    expect([code, out]).toEqual([64, "lo\nbr0\nbr0\nbr0\nlo\n"]);
    expect(err).toMatch(/no context `amdin`\n.*did you mean admin\?/);
  });

  it("watches over TLS until it is interrupted, and sees what comes", async () => {
    const { code, out } = await run(`
      my-os-ctl net interfaces --watch 0.1 -o name --host "$HOST" --ca-file "$CA" --token-file token > seen &
      until grep -q '^lo$' seen; do sleep 0.1; done
      ip link add late0 type bridge
      until grep -q '^late0$' seen; do sleep 0.1; done
      kill $!; wait $!; echo "code $?"
      my-os-ctl net bridge add --name br1 --watch 1 --host "$HOST" --ca-file "$CA" --key-file me.key || echo "refused $?"
      my-os-ctl net interfaces --watch 0.1 -o name --host "$HOST" --ca-file "$CA" --token-file token | head -n 2 | sort`);
    expect([code, out]).toEqual([0, "code 143\nrefused 64\nlate0\nlo\n"]);
    expect(namespace.ip("-j link show").toString()).not.toContain("br1");
  });
});
