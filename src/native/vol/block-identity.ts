import type { BlockNode } from "../../kernel/block.js";
import { type LinkKind, readDeviceLinks } from "../../kernel/devlinks.js";
import type { Files } from "../../kernel/files.js";
import { type DeviceIdentity, present } from "../../kernel/identity.js";
import type { UdevRecord } from "../../kernel/udevdb.js";

/** The fields that disks and partitions share about what is written on them. */
export interface IdentityFields {
  fstype?: string;
  fsver?: string;
  label?: string;
  uuid?: string;
  uuid_sub?: string;
  ambivalent: boolean;
  identity_source: "probe" | "udev" | "none";
}

export const identityFields = ({
  fstype,
  fsver,
  label,
  uuid,
  uuidSub,
  ambivalent,
  source,
}: DeviceIdentity): IdentityFields => ({
  ...present({ fstype, fsver, label, uuid, uuid_sub: uuidSub }),
  ambivalent,
  identity_source: source,
});

type Links = ReadonlyMap<string, readonly string[]> | undefined;

/** A device's stable names: the links beneath `/dev/disk`, or those that udev noted where that folder is not there. */
export class StableNames {
  private constructor(
    private readonly byId: Links,
    private readonly byPath: Links,
  ) {}

  static async read(files: Files): Promise<StableNames> {
    return new StableNames(await readDeviceLinks(files, "by-id"), await readDeviceLinks(files, "by-path"));
  }

  of({ name }: BlockNode, udev: UdevRecord | undefined): { by_id: string[]; by_path: string[] } {
    const links = (kind: LinkKind, found: Links) =>
      [
        ...(found
          ? (found.get(name) ?? [])
          : (udev?.links ?? []).filter((link) => link.startsWith(`/dev/disk/${kind}/`))),
      ].sort();
    return { by_id: links("by-id", this.byId), by_path: links("by-path", this.byPath) };
  }
}
