import { writeFile } from "node:fs/promises";
import type { Files } from "./files.js";
import type { IpFamily } from "./net-model.js";

const SWITCHES: Readonly<Record<IpFamily, string>> = {
  inet: "/proc/sys/net/ipv4/ip_forward",
  inet6: "/proc/sys/net/ipv6/conf/all/forwarding",
};

/** The name of the kernel's global switch, as `sysctl` has it. */
export const forwardingSwitch = (family: IpFamily): string =>
  family === "inet" ? "net.ipv4.ip_forward" : "net.ipv6.conf.all.forwarding";

/** Whether the kernel forwards packets of a family. */
export async function isForwarding(files: Files, family: IpFamily): Promise<boolean> {
  const text = await files.readIfThere(SWITCHES[family]);
  return text !== undefined && text.trim() !== "0";
}

/** Switches forwarding of a family. Rejects with Node's system error. */
export const setForwarding = (family: IpFamily, isOn: boolean): Promise<void> =>
  writeFile(SWITCHES[family], isOn ? "1" : "0");

const acceptRa = (ifname: string): string => `/proc/sys/net/ipv6/conf/${ifname}/accept_ra`;

/** 0: never, 1: while it does not forward, 2: always; undefined where there is no such interface. */
export async function readAcceptRa(files: Files, ifname: string): Promise<number | undefined> {
  const text = isFileName(ifname) ? await files.readIfThere(acceptRa(ifname)) : undefined;
  return text === undefined ? undefined : Number(text);
}

/** Rejects with Node's system error. */
export const setAcceptRa = (ifname: string, value: number): Promise<void> => writeFile(acceptRa(ifname), String(value));

const isFileName = (name: string): boolean => !name.includes("/") && name !== "." && name !== "..";
