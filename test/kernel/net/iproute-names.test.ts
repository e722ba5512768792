import { afterEach, describe, expect, it } from "vitest";
import { Files } from "../../../src/kernel/files.js";
import { type Names, type NameTable, readNames } from "../../../src/kernel/iproute-names.js";
import { Sysroot } from "../../world/sysroot.js";

const laid: Sysroot[] = [];
afterEach(() => {
  for (const sysroot of laid.splice(0)) sysroot.remove();
});

function namesOf(table: NameTable, files: Record<string, string>): Promise<Names> {
  const sysroot = new Sysroot({ files, folders: ["/etc"], links: {} });
  laid.push(sysroot);
  return readNames(new Files(sysroot.folder), table);
}

describe("iproute2's names for numbers", () => {
  it("are built in where there are no files", async () => {
    const tables = await namesOf("rt_tables", {});
    expect([255, 254, 253, 100].map((number) => tables.name(number))).toEqual(["local", "main", "default", "100"]);
    expect((await namesOf("rt_protos", {})).name(16)).toBe("dhcp");
    expect((await namesOf("rt_dsfield", {})).name(8)).toBe("0x08");
  });

  it("come from /etc, with comments and hexadecimal numbers, and from .conf files of its folder", async () => {
    const tables = await namesOf("rt_tables", {
      "/etc/iproute2/rt_tables": "# a comment\n254\tmain\n100 uplink # the second one\n0x65 hex\n",
      "/etc/iproute2/rt_tables.d/ours.conf": "200 ours\n",
      "/etc/iproute2/rt_tables.d/README": "201 nobodys\n",
    });
    expect([100, 101, 200, 201].map((number) => tables.name(number))).toEqual(["uplink", "hex", "ours", "201"]);
    expect(["uplink", "101", "0xc8", "nobodys"].map((name) => tables.number(name))).toEqual([100, 101, 200, undefined]);
  });

  it("come from /usr where /etc has no file of that name", async () => {
    const shipped = {
      "/usr/share/iproute2/rt_protos": "109 shipped\n",
      "/usr/share/iproute2/rt_protos.d/a.conf": "110 shipped_a\n",
      "/usr/share/iproute2/rt_protos.d/b.conf": "111 shipped_b\n",
    };
    const plain = await namesOf("rt_protos", shipped);
    expect([109, 110, 111].map((number) => plain.name(number))).toEqual(["shipped", "shipped_a", "shipped_b"]);
    const replaced = await namesOf("rt_protos", {
      ...shipped,
      "/etc/iproute2/rt_protos": "109 my_os_server\n",
      "/etc/iproute2/rt_protos.d/a.conf": "110 local_a\n",
    });
    expect([109, 110, 111].map((number) => replaced.name(number))).toEqual(["my_os_server", "local_a", "shipped_b"]);
  });
});
