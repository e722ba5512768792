import type { Filesystem } from "../../../generated/types.gen.js";
import { readBcachefs } from "../../kernel/bcachefs.js";
import type { BlockNode } from "../../kernel/block.js";
import type { Files } from "../../kernel/files.js";
import type { Identities } from "../../kernel/identities.js";
import { type DeviceIdentity, present, UNKNOWN_IDENTITY } from "../../kernel/identity.js";
import { rpcError } from "../../rpc/errors.js";
import { exact } from "./space.js";
import { shown, type Target } from "./target.js";

/** A filesystem that was made just now, as a prober finds it on its devices; they are in the order of their btrfs ids. */
export async function newFilesystem(
  { identities }: { readonly files: Files; readonly identities: Identities },
  targets: readonly Target[],
): Promise<Filesystem> {
  const known = await identities.of(targets.map(({ node }) => node));
  const found = await Promise.all(
    targets.map(({ node }) => identified(node, known.get(node.name) ?? UNKNOWN_IDENTITY)),
  );
  const [first = UNKNOWN_IDENTITY] = found;
  const isMember = first.fstype === "btrfs";
  const partlabels = found.map(({ entry }) => entry?.label ?? "");
  return {
    fstype: first.fstype ?? "unknown",
    ...present({ fsver: first.fsver, label: first.label, uuid: first.uuid }),
    mos: (first.label ?? "").startsWith("MOS") || partlabels.some((label) => label.startsWith("mos")),
    devices: targets.map(({ node, whole }, at) => ({
      path: node.path,
      size_bytes: exact(node.sizeBytes),
      missing: false,
      ...present({
        devid: isMember ? at + 1 : undefined,
        disk: node === whole ? undefined : whole.path,
        partuuid: found[at]?.entry?.uuid,
        partlabel: found[at]?.entry?.label,
        uuid_sub: isMember ? found[at]?.uuidSub : undefined,
      }),
    })),
    missing_devices: 0,
    duplicate_uuid: false,
    mountpoints: [],
    in_use_by: [],
    managed: false,
  };
}

/** What a prober says, and our own look where it is too old for bcachefs. */
async function identified({ node }: BlockNode, identity: DeviceIdentity): Promise<DeviceIdentity> {
  const bcachefs = identity.fstype === undefined ? await readBcachefs(node) : undefined;
  if (!bcachefs) return identity;
  return { ...identity, fstype: "bcachefs", ...present({ label: bcachefs.label, uuid: bcachefs.uuid }) };
}

/** Throws `conflict` where the prober does not find what was to be made. */
export function refuseOther(
  named: string,
  { fstype, label = "" }: Filesystem,
  wanted: { readonly fstype: string; readonly label?: string | undefined },
): void {
  if (fstype === wanted.fstype && label === (wanted.label ?? "")) return;
  const words = (type: string, text: string) => `${type}${text === "" ? " without a label" : ` labelled ${text}`}`;
  const [expected, actual] = [words(wanted.fstype, wanted.label ?? ""), words(fstype, label)];
  const message = `${shown(named)} was formatted, and a prober finds ${actual} where ${expected} was made`;
  throw rpcError("conflict", { expected, actual }, message);
}
