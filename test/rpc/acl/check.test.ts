import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { aclReportText, checkAcl } from "../../../src/rpc/acl/check.js";
import { AccessInForce } from "../../../src/rpc/acl/in-force.js";
import { loadAccessList } from "../../../src/rpc/acl/load.js";
import { problemsText } from "../../../src/rpc/acl/problems.js";
import { K1, K2, K3 } from "../../fixtures/acl/keys.js";
import { D1 } from "../../fixtures/acl/parts.js";

const folder = mkdtempSync(join(tmpdir(), "my-os-acl-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, "acl.toml");
const now = Date.parse("2027-01-01T00:00:00Z");

function write(text: string): string {
  writeFileSync(file, text);
  chmodSync(file, 0o600);
  return file;
}

const listFor = (key: string) => `[[group]]
name = "admins"
users = ["${key}"]
[[ace]]
right = "admin"
groups = ["admins"]
`;

describe("the check of a good file", () => {
  const text = `${listFor(K2)}[[group]]
name = "readers"
users = ["${K1}"]
member_groups = ["admins"]
[[ace]]
right = "read"
groups = ["readers"]
[policy]
anonymous_local = "none"
trusted_uids = [33]
`;

  it("says who has which right", () => {
    expect(checkAcl(write(text), { now })).toEqual({
      file,
      ok: true,
      warnings: [],
      anonymous_local: "none",
      anonymous_remote: "none",
      rights: [
        { key: K2, right: "admin" },
        { key: K1, right: "read" },
      ],
      groups: 2,
      tokens: 0,
      certificates: 0,
      trusted_uids: [33],
    });
  });

  it("reads as text", () => {
    expect(aclReportText(checkAcl(write(text), { now }))).toBe(
      [
        `${file}: good (groups 2, tokens 0, certificates 0, trusted uids 33)`,
        `  admin  ${K2}`,
        `  read   ${K1}`,
        "  none   every local caller",
        "  none   every remote caller",
      ].join("\n"),
    );
  });

  it("is JSON without loss", () => {
    const report = checkAcl(write(text), { now });
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it.each([
    ['[policy]\nanonymous_local = "write"\n', "policy.anonymous_local: every process that can open the socket has"],
    ['[policy]\nanonymous_remote = "read"\n', "policy.anonymous_remote: everybody who reaches the port has"],
    [`[[group]]\nname = "idle"\nusers = ["${K3}"]\n`, "group[1].users[0]: no ace reaches this key"],
    [
      `[[token]]\nsha256 = "${D1}"\nuser = "${K2}"\nexpires = 2027-01-01T00:00:00Z\n`,
      "token[0].expires: this token has expired",
    ],
    [
      `[[token]]\nsha256 = "${D1}"\nuser = "${K3}"\nexpires = 2028-01-01T00:00:00Z\n`,
      "token[0].user: no ace reaches this key",
    ],
    [`[[certificate]]\nspki_sha256 = "${D1}"\nuser = "${K3}"\n`, "certificate[0].user: no ace reaches this key"],
  ])("warns of what is probably not meant", (more, warning) => {
    const report = checkAcl(write(listFor(K2) + more), { now });
    expect(report).toMatchObject({ ok: true, warnings: [expect.stringContaining(warning)] });
    expect(aclReportText(report)).toContain(`\nwarning: ${warning}`);
  });

  it("warns when nobody is admin", () => {
    const report = checkAcl(write('[policy]\nanonymous_local = "read"\n'), { now });
    expect(report).toMatchObject({ ok: true, warnings: [expect.stringContaining("nobody is admin")] });
  });
});

describe("the check of a broken file", () => {
  it("gives every problem as `file:line:column: path: reason`", () => {
    write(`${listFor("00".repeat(32))}[policy]\nanonymous_remote = "raed"\n`);
    const report = checkAcl(file);
    expect(Object.keys(report)).toEqual(["file", "ok", "problems"]);
    expect(aclReportText(report)).toBe(
      [
        `${file}:3:10: group[0].users[0]: is an Ed25519 point of low order: anybody can forge its signatures`,
        `${file}:8:1: policy.anonymous_remote: is "raed"; wanted \`none\`, \`read\`, \`write\` or \`admin\`; did you mean \`read\`?`,
        `${file}: 2 problems; the daemon refuses to start with this file`,
      ].join("\n"),
    );
  });

  it("points at the place of a syntax error", () => {
    expect(aclReportText(checkAcl(write("[[group]]\nname = admins\n")))).toMatch(
      /acl\.toml:2:\d+: is not valid TOML: .+\n/,
    );
  });

  it("does not scroll a terminal away", () => {
    const problems = Array.from({ length: 70 }, (_, index) => ({ path: "", line: index + 1, reason: "is wrong" }));
    expect(problemsText("f", problems).split("\n").slice(48)).toEqual([
      "f:49: is wrong",
      "f:50: is wrong",
      "f: and 20 more",
    ]);
  });
});

describe("a reload", () => {
  const admins = (inForce: AccessInForce) => [K1, K2].map((key) => inForce.list.rightOf({ key, remote: true }));

  it("puts the whole new list in force, and a broken one changes nothing", () => {
    const first = loadAccessList(write(listFor(K1)));
    if (!first.ok) throw new Error("a good file");
    const inForce = new AccessInForce(first.value, () => loadAccessList(file));
    expect(admins(inForce)).toEqual(["admin", "none"]);

    write(listFor(K2).replace('admin"\ngroups', 'root"\ngroups'));
    expect(inForce.reload()).toMatchObject([{ path: "ace[0].right", line: 5 }]);
    expect(admins(inForce)).toEqual(["admin", "none"]);

    rmSync(file);
    expect(inForce.reload()).toMatchObject([{ path: "", reason: expect.stringContaining("ENOENT") }]);
    expect(admins(inForce)).toEqual(["admin", "none"]);

    const before = inForce.list;
    write(listFor(K2));
    expect(inForce.reload()).toEqual([]);
    expect(admins(inForce)).toEqual(["none", "admin"]);
    expect(before.rightOf({ key: K1, remote: true })).toBe("admin");
  });
});
