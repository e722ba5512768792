import type { NetConfigHandlers } from "../../../generated/handlers.gen.js";
import type { BridgeBootConfig, NatBootConfig, NetConfig } from "../../../generated/types.gen.js";
import { commandLine, networkWords } from "../../kernel/command-line.js";
import type { Files } from "../../kernel/files.js";
import type { KernelLink } from "../../kernel/net-model.js";
import { inOrder, readParameters, type Told } from "./boot-parameters.js";
import { type Actual, actualOf, type ConfigDeps } from "./config-actual.js";
import { ipConfig } from "./config-addresses.js";
import { settingsOf } from "./config-settings.js";
import { askKernel } from "./live.js";
import { bootNat } from "./nat-boot.js";

/** The `net.config` topic: what is wanted of the network, by whom, and whether it is in force. */
export const config = (deps: ConfigDeps): NetConfigHandlers => ({
  "net.config": (_, { signal }) => askKernel(deps, () => resolve(deps, signal)),
});

async function resolve(deps: ConfigDeps, signal: AbortSignal): Promise<NetConfig> {
  const { files } = deps;
  const [cmdline, actual] = await Promise.all([commandLine(files), actualOf(deps, signal)]);
  const told = readParameters(networkWords(cmdline));
  const wanted = inOrder(told);
  return {
    cmdline,
    parameters: told.map(({ parameter }) => parameter),
    ipv4: await ipConfig(files, "inet", wanted, actual),
    ipv6: await ipConfig(files, "inet6", wanted, actual),
    bridge: bridgeConfig(wanted, actual.links),
    nat: await natConfig(files, actual),
    settings: await settingsOf(deps, wanted, actual),
  };
}

function bridgeConfig(wanted: readonly Told[], links: readonly KernelLink[]): BridgeBootConfig {
  const ours = wanted.filter(({ parameter }) => parameter.name === "mosbridge");
  const said = [...ours, ...wanted.filter(({ parameter }) => parameter.name === "bridge")][0];
  const bridge = said?.meaning.bridge;
  if (!said || !bridge) return { enabled: false, source: "default", ports: [], in_force: true };
  const { name, ports } = bridge;
  const from = { source: "kernel_command_line", parameter: said.text } as const;
  if (name === undefined) return { enabled: false, ...from, ports: [], in_force: true };
  const reason = bridgeProblem(name, ports, links);
  const whole = { enabled: true, ...from, name, ports: [...ports], in_force: reason === undefined };
  return reason === undefined ? whole : { ...whole, reason };
}

function bridgeProblem(name: string, ports: readonly string[], links: readonly KernelLink[]): string | undefined {
  const link = links.find(({ ifname }) => ifname === name);
  if (!link) return `there is no bridge ${name}`;
  if (link.linkinfo?.info_kind !== "bridge") return `${name} is no bridge`;
  const apart = ports.find((port) => links.find(({ ifname }) => ifname === port)?.master !== name);
  return apart === undefined ? undefined : `${apart} is not a port of ${name}`;
}

/** Where nft cannot be asked, nobody knows; that is said where NAT is wanted. */
async function natConfig(files: Files, { tables }: Actual): Promise<NatBootConfig> {
  const nat = await bootNat(files, tables ?? []);
  return tables || !nat.enabled ? nat : { ...nat, reason: "nft is not installed, or the daemon's user may not ask it" };
}
