import { execFileSync } from "node:child_process";
import { createHash, createPublicKey, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The two files of a certificate. */
export interface Certified {
  readonly certificate: string;
  readonly key: string;
}

export interface CertificateOptions {
  /** Host names and addresses; none makes a certificate without subjectAltName. */
  readonly hosts?: readonly string[];
  /** Days from now from which and until which it is valid. */
  readonly from?: number;
  readonly to?: number;
  /** Who signs it; itself by default. */
  readonly by?: Certified;
  readonly isAuthority?: boolean;
  readonly algorithm?: "ed25519" | "ec" | "rsa";
}

const DAY_MS = 86_400_000;
const KEYS = {
  ed25519: ["-algorithm", "ed25519"],
  ec: ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
  rsa: ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
};

/** Keys and certificates for one test, made by openssl in a folder of their own; `remove` removes them. */
export class Certificates {
  readonly folder = mkdtempSync(join(tmpdir(), "my-os-certificates-"));
  #made = 0;

  make(options: CertificateOptions = {}): Certified {
    const {
      hosts = ["localhost", "127.0.0.1"],
      from = -1,
      to = 1,
      by,
      isAuthority = false,
      algorithm = "ec",
    } = options;
    const [certificate, key, request] = ["crt", "key", "csr"].map((end) => join(this.folder, `${this.#made}.${end}`));
    if (certificate === undefined || key === undefined || request === undefined) throw new Error("no names");
    this.#made += 1;
    openssl("genpkey", ...KEYS[algorithm], "-out", key);
    openssl("req", "-new", "-key", key, "-subj", `/CN=test ${this.#made}`, "-out", request);
    // `openssl ca` takes any dates, `x509 -req` only days from now.
    const names = hosts.map((host) => (/^[\d.]+$|:/.test(host) ? `IP:${host}` : `DNS:${host}`)).join();
    const extensions = [
      `basicConstraints=critical,CA:${isAuthority ? "TRUE" : "FALSE"}`,
      ...(isAuthority || names === "" ? [] : [`subjectAltName=${names}`]),
    ];
    writeFileSync(join(this.folder, "index.txt"), "");
    writeFileSync(join(this.folder, "ca.cnf"), configuration(this.folder, extensions));
    const signer = by === undefined ? ["-selfsign", "-keyfile", key] : ["-cert", by.certificate, "-keyfile", by.key];
    const dates = ["-startdate", opensslTime(from), "-enddate", opensslTime(to)];
    const digest = (by === undefined ? algorithm : "ec") === "ed25519" ? ["-md", "default"] : ["-md", "sha256"];
    const config = ["-config", join(this.folder, "ca.cnf"), "-batch", "-notext", ...digest];
    openssl("ca", ...config, ...signer, ...dates, "-in", request, "-out", certificate);
    return { certificate, key };
  }

  /** A file of the folder with these bytes. */
  write(name: string, text: string): string {
    const file = join(this.folder, name);
    writeFileSync(file, text);
    return file;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const configuration = (folder: string, extensions: readonly string[]) => `
[ca]
default_ca = it
[it]
database = ${folder}/index.txt
new_certs_dir = ${folder}
rand_serial = yes
policy = any
x509_extensions = extensions
unique_subject = no
[any]
commonName = supplied
[extensions]
${extensions.join("\n")}
`;

const opensslTime = (days: number): string =>
  new Date(Date.now() + days * DAY_MS).toISOString().replace(/[-:T]|\.\d+/g, "");

const openssl = (...args: readonly string[]): void => {
  execFileSync("openssl", args, { stdio: ["ignore", "ignore", "pipe"] });
};

/** The Ed25519 public key of a certificate, as access lists name it. */
export function keyOf({ certificate }: Certified): string {
  const { x } = new X509Certificate(readFileSync(certificate)).publicKey.export({ format: "jwk" });
  return Buffer.from(x ?? "", "base64url").toString("hex");
}

/** The SHA-256 of a certificate's SubjectPublicKeyInfo, as access lists name it. */
export const spkiSha256 = ({ key }: Certified): string =>
  createHash("sha256")
    .update(createPublicKey(readFileSync(key)).export({ type: "spki", format: "der" }))
    .digest("hex");
