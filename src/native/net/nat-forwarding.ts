import type { ForwardingState, Warning } from "../../../generated/types.gen.js";
import type { Files } from "../../kernel/files.js";
import { forwardingSwitch, isForwarding, readAcceptRa, setAcceptRa, setForwarding } from "../../kernel/forwarding.js";
import type { IpFamily, NetReader } from "../../kernel/net-model.js";
import type { Steps } from "../../state/steps.js";

export interface ForwardingDeps {
  readonly files: Files;
  readonly net: NetReader;
}

/** Whether this node forwards, and what is to be said about it. */
export interface Forwarding {
  readonly state: ForwardingState;
  readonly warnings: Warning[];
}

/** The state as it is, of one family. */
export async function readForwarding(files: Files, family: IpFamily): Promise<ForwardingState> {
  return { family, enabled: await isForwarding(files, family) };
}

/** Reads the state, and switches forwarding on where that is asked for, as a step. */
export async function forwardingStep(
  steps: Steps,
  deps: ForwardingDeps,
  family: IpFamily,
  isWanted: boolean,
): Promise<Forwarding> {
  const state = await readForwarding(deps.files, family);
  if (state.enabled) return { state, warnings: [] };
  if (!isWanted) return { state, warnings: [disabled(family)] };
  const warnings = family === "inet6" ? await keepRouterAdvertisements(steps, deps) : [];
  await steps.do(
    "forwarding",
    () => setForwarding(family, true),
    () => setForwarding(family, false),
  );
  return { state: { family, enabled: true, switched_on: true }, warnings };
}

const disabled = (family: IpFamily): Warning => ({
  kind: "forwarding_disabled",
  message: `This node does not forward ${family === "inet" ? "IPv4" : "IPv6"}, so nothing reaches the rule.`,
  field: "enable_forwarding",
  object: forwardingSwitch(family),
  remedy: "enable_forwarding: true",
});

/** A node that forwards ignores router advertisements unless told otherwise: its uplinks would lose their default route. */
async function keepRouterAdvertisements(steps: Steps, { files, net }: ForwardingDeps): Promise<Warning[]> {
  const routes = await net.routes({ family: "inet6", dst: "default" });
  const uplinks = new Set(routes.flatMap(({ protocol, dev }) => (protocol === "ra" && dev !== undefined ? [dev] : [])));
  const warnings: Warning[] = [];
  for (const ifname of uplinks) {
    if ((await readAcceptRa(files, ifname)) !== 1) continue;
    try {
      await steps.do(
        "accept_ra",
        () => setAcceptRa(ifname, 2),
        () => setAcceptRa(ifname, 1),
      );
    } catch (error) {
      if (!(error instanceof Error && "code" in error && typeof error.code === "string")) throw error;
      const message = `Interface ${ifname} will ignore router advertisements: accept_ra cannot be set (${error.code}).`;
      warnings.push({
        kind: "ra_will_stop",
        message,
        object: ifname,
        remedy: `sysctl net.ipv6.conf.${ifname}.accept_ra=2`,
      });
    }
  }
  return warnings;
}

/** Switches forwarding on again at start for the rules that asked for it. */
export async function restoreForwarding(
  steps: Steps,
  deps: ForwardingDeps,
  families: Iterable<IpFamily>,
): Promise<void> {
  for (const family of new Set(families)) await forwardingStep(steps, deps, family, true);
}
