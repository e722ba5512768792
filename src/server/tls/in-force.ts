import { constants } from "node:crypto";
import type { Server } from "node:tls";
import type { Log } from "../../rpc/log.js";
import type { Degradation } from "../pages.js";
import { isOpenToAll, readMaterial, stampOf, type TlsFiles, type TlsMaterial } from "./material.js";

/** How often the files are looked at: whoever renews a certificate need not tell the daemon. */
const LOOK_MS = 60_000;

/** The certificate in force. It is replaced for new connections, or not at all; connections that are open go on. */
export class TlsInForce {
  #material: TlsMaterial;
  #stamp: string;
  #trouble: string | undefined;
  #server: Server | undefined;

  /** Throws an `Error` with what is wrong with the files. */
  constructor(
    private readonly files: TlsFiles,
    private readonly log: Log,
  ) {
    this.#stamp = stampOf(files);
    this.#material = readMaterial(files);
    if (isOpenToAll(files)) log.warn("the TLS key can be read by every user of this machine", { file: files.key });
  }

  get material(): TlsMaterial {
    return this.#material;
  }

  /** What is wrong with the certificate, for readers of `/health`. */
  degraded(): readonly Degradation[] {
    const reasons =
      this.#trouble === undefined ? [] : [`not loaded again, the earlier one is in force: ${this.#trouble}`];
    const { validTo } = this.#material;
    if (validTo < Date.now()) reasons.push(`expired at ${new Date(validTo).toISOString()}`);
    return reasons.map((reason) => ({ part: "TLS certificate", reason }));
  }

  /** From now on the server gets what is loaded again: on SIGHUP, and when the files have changed. */
  servedBy(server: Server): void {
    this.#server = server;
    process.on("SIGHUP", () => this.#reload());
    setInterval(() => this.#look(), LOOK_MS).unref();
  }

  #look(): void {
    if (stampOf(this.files) !== this.#stamp) this.#reload();
  }

  #reload(): void {
    const { certificate: file } = this.files;
    try {
      this.#stamp = stampOf(this.files);
      const material = readMaterial(this.files);
      this.#server?.setSecureContext(contextOf(material));
      this.#material = material;
      this.#trouble = undefined;
      this.log.info("TLS certificate loaded again", { file, valid_to: new Date(material.validTo).toISOString() });
    } catch (error) {
      this.#trouble = error instanceof Error ? error.message : String(error);
      this.log.error("TLS certificate not loaded again, the earlier one stays in force", {
        file,
        reason: this.#trouble,
      });
    }
  }
}

// A resumed session would outlive the certificates and authorities that it was made under.
const NO_TICKETS = constants.SSL_OP_NO_TICKET;

/** TLS 1.3 and nothing older, by its own choice of ciphers. */
export const contextOf = ({ context }: TlsMaterial) =>
  ({ ...context, minVersion: "TLSv1.3", maxVersion: "TLSv1.3", secureOptions: NO_TICKETS }) as const;
