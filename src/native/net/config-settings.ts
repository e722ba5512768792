import type { ConfigSetting } from "../../../generated/types.gen.js";
import type { KernelLink } from "../../kernel/net-model.js";
import { OWN_TABLE } from "../../kernel/ownership.js";
import { netSwitch } from "../../kernel/sysctl.js";
import type { Told } from "./boot-parameters.js";
import type { Actual, ConfigDeps } from "./config-actual.js";
import { dnsOf } from "./dns.js";
import { DEFAULT_FIREWALL } from "./nft-state.js";

const MAX_SETTINGS = 256;

/** Other settings by name: those of our firewall, then those of the command line. */
export async function settingsOf(deps: ConfigDeps, wanted: readonly Told[], actual: Actual): Promise<ConfigSetting[]> {
  const told = await Promise.all(wanted.map((one) => settingOf(deps, one, actual)));
  const all = [...firewallSettings(deps, actual), ...told.flatMap((one) => one ?? [])];
  return all.sort((a, b) => (a.name === b.name ? 0 : a.name < b.name ? -1 : 1)).slice(0, MAX_SETTINGS);
}

function firewallSettings({ firewall }: ConfigDeps, { tables }: Actual): ConfigSetting[] {
  const { inputPolicy, alwaysAllow, acceptMark } = firewall;
  const own = tables?.find(({ family, name }) => family === OWN_TABLE.family && name === OWN_TABLE.name);
  const input = own?.chains.find(({ hook }) => hook === "input");
  const policy = tables ? (input?.policy ?? "accept") : undefined;
  const isSame = (value: string, normal: string) => (value === normal ? "default" : "daemon_config");
  // Where nft cannot be asked nothing of ours can be in the kernel either.
  const in_force = (policy ?? "accept") === inputPolicy;
  const allowed = alwaysAllow.join(",");
  return [
    {
      name: "firewall.input_policy",
      value: inputPolicy,
      source: isSame(inputPolicy, DEFAULT_FIREWALL.inputPolicy),
      in_force,
      ...(!in_force && { actual: policy ?? "nft cannot be asked" }),
    },
    {
      name: "firewall.always_allow",
      value: allowed.slice(0, 4096),
      source: isSame(allowed, DEFAULT_FIREWALL.alwaysAllow.join(",")),
      in_force,
    },
    ...(acceptMark === undefined
      ? []
      : [
          {
            name: "firewall.accept_mark",
            value: String(acceptMark),
            source: "daemon_config" as const,
            in_force: tables !== undefined,
          },
        ]),
  ];
}

/** Whether what a parameter wants is there, and what is there instead. */
type Verdict = true | { readonly actual: string };

const there = (links: readonly KernelLink[], name: string): Verdict =>
  links.some(({ ifname }) => ifname === name) || { actual: `there is no interface ${name}` };

const CHECKS: Readonly<
  Record<string, (value: string, actual: Actual, deps: ConfigDeps) => Verdict | Promise<Verdict>>
> = {
  vlan: (value, { links }) => there(links, value.split(":")[0] ?? ""),
  bond: (value, { links }) => there(links, (value === "" ? "bond0" : value).split(":")[0] ?? ""),
  ifname: (value, { links }) => namedByAddress(value, links),
  BOOTIF: (value, { links }) => bootInterface(value, links),
  "net.ifnames": (value, { links }) => interfaceNames(value, links),
  "ipv6.disable": async (value, _, { files }) => {
    const hasIpv6 = (await netSwitch(files, "ipv6/conf/all/disable_ipv6")) !== undefined;
    return hasIpv6 === (Number(value) === 0) || { actual: hasIpv6 ? "0" : "1" };
  },
  "ipv6.disable_ipv6": (value, _, deps) => switchIs(deps, "ipv6/conf/default/disable_ipv6", value),
  "ipv6.autoconf": (value, _, deps) => switchIs(deps, "ipv6/conf/default/autoconf", value),
  nameserver: async (value, _, { files }) => {
    const { servers } = await dnsOf(files);
    return (
      servers.includes(value.replace(/^\[(.*)\]$/, "$1")) || { actual: servers.join(" ").slice(0, 4096) || "none" }
    );
  },
};

async function switchIs({ files }: ConfigDeps, name: string, value: string): Promise<Verdict> {
  const now = await netSwitch(files, name);
  return now === Number(value) || { actual: now === undefined ? "this kernel has no such switch" : String(now) };
}

/** `ifname=wan0:52:54:00:12:34:56` */
function namedByAddress(value: string, links: readonly KernelLink[]): Verdict {
  const [name = ""] = value.split(":");
  const mac = value.slice(name.length + 1).toLowerCase();
  const link = links.find(({ ifname }) => ifname === name);
  if (!link) return { actual: `there is no interface ${name}` };
  return link.address === mac || { actual: `${name} has the address ${link.address}` };
}

/** `BOOTIF=01-52-54-00-12-34-56`: the hardware type in front, as PXELINUX writes it, or without. */
function bootInterface(value: string, links: readonly KernelLink[]): Verdict {
  const bytes = value.toLowerCase().split(/[-:]/);
  const mac = bytes.slice(-6).join(":");
  return links.some(({ address }) => address === mac) || { actual: "no interface has that address" };
}

/** The names that udev gives by place: onboard, slot, path, address. */
const BY_PLACE = /^(en|wl|ww|ib)(o|s|p|x)/;

function interfaceNames(value: string, links: readonly KernelLink[]): Verdict {
  const odd = links.find(({ ifname }) => BY_PLACE.test(ifname));
  return Number(value) !== 0 || !odd || { actual: `there is ${odd.ifname}` };
}

async function settingOf(
  deps: ConfigDeps,
  { parameter, text }: Told,
  actual: Actual,
): Promise<ConfigSetting | undefined> {
  const { name, value } = parameter;
  const verdict = Object.hasOwn(CHECKS, name) ? await CHECKS[name]?.(value, actual, deps) : undefined;
  if (verdict === undefined) return undefined;
  const setting = { name, value, source: "kernel_command_line", origin: text } as const;
  return verdict === true ? { ...setting, in_force: true } : { ...setting, in_force: false, ...verdict };
}
