import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { connectionOf } from "../../src/ctl/place.js";

const folder = mkdtempSync(join(tmpdir(), "mos-t-ctl-"));
const config = join(folder, "ctl.toml");
const token = join(folder, "token");
writeFileSync(token, "secret\n");
writeFileSync(
  config,
  `current = "lab"
[context.lab]
socket = "/run/lab.sock"
public_key = "ab"
[context.far]
host = "node1.example"
token_file = "${token}"
[context.wrong]
hots = "node1.example"
[context.number]
host = 7
`,
);
const env = { MY_OS_CTL_CONFIG: config, HOME: folder };
const nothing = { MY_OS_CTL_CONFIG: join(folder, "absent.toml"), HOME: folder };
afterAll(() => rmSync(folder, { recursive: true }));

describe("the daemon's place", () => {
  it("is left to the default where nothing is said", async () => {
    expect(await connectionOf({}, nothing)).toEqual({ integers: "exact" });
  });

  it("comes from flags over the environment over the context", async () => {
    expect(await connectionOf({}, env)).toEqual({ integers: "exact", socket: "/run/lab.sock", publicKey: "ab" });
    const variables = { ...env, MY_OS_SOCKET: "/run/env.sock" };
    expect(await connectionOf({}, variables)).toMatchObject({ socket: "/run/env.sock", publicKey: "ab" });
    expect(await connectionOf({ socket: "/run/flag.sock" }, variables)).toMatchObject({ socket: "/run/flag.sock" });
    expect(await connectionOf({ context: "far" }, env)).toEqual({
      integers: "exact",
      url: "https://node1.example:7443",
      token: "secret",
    });
    expect(await connectionOf({}, { ...env, MY_OS_CONTEXT: "far" })).toMatchObject({ token: "secret" });
  });

  it("is not a context's host as well, where a socket is asked for", async () => {
    const place = await connectionOf({ context: "far", socket: "/run/a.sock" }, env);
    expect(place).toEqual({ integers: "exact", socket: "/run/a.sock", token: "secret" });
  });

  it.each([
    ["node1", "https://node1:7443"],
    ["node1:8443", "https://node1:8443"],
    ["https://node1.example/", "https://node1.example:7443"],
    ["[fd00::1]", "https://[fd00::1]:7443"],
    ["[fd00::1]:9", "https://[fd00::1]:9"],
  ])("%s is %s", async (host, url) => {
    expect(await connectionOf({ host }, nothing)).toMatchObject({ url });
  });

  it.each([
    "",
    "http://node1",
    "node1:port",
    "node1/rpc",
    "user@node1",
    "fd00::1",
    "; reboot",
    "--help",
    "node1:123456",
  ])("%j is no host", async (host) => {
    await expect(connectionOf({ host }, nothing)).rejects.toThrow("--host: a host and perhaps a port are wanted");
  });

  it.each(["0", "-1", "soon", "", "86401", "Infinity"])("%j are no seconds to wait", async (timeout) => {
    await expect(connectionOf({ timeout }, nothing)).rejects.toThrow("--timeout: seconds are wanted");
  });

  it("says what is wrong with a context", async () => {
    await expect(connectionOf({ context: "labb" }, env)).rejects.toMatchObject({
      message: `${config} has no context \`labb\``,
      hint: "did you mean lab?",
    });
    await expect(connectionOf({ context: "lab" }, nothing)).rejects.toThrow("has no context `lab`");
    await expect(connectionOf({ context: "wrong" }, env)).rejects.toThrow("has `hots`, which is nothing");
    await expect(connectionOf({ context: "number" }, env)).rejects.toThrow("context.number.host: a text is wanted");
    const broken = join(folder, "broken.toml");
    writeFileSync(broken, "current = [");
    await expect(connectionOf({}, { MY_OS_CTL_CONFIG: broken })).rejects.toThrow(`${broken}: `);
  });
});
