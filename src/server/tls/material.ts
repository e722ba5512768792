import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { createSecureContext, type SecureContextOptions } from "node:tls";

/** The files that make the daemon's side of TLS. */
export interface TlsFiles {
  /** The certificate, behind it those between it and its authority, PEM. */
  readonly certificate: string;
  /** Its private key, PEM. */
  readonly key: string;
  /** Authorities that client certificates must come from, PEM; without it any is taken whose key is known. */
  readonly clientCa: string | undefined;
}

/** What was read from the files, and fits together. */
export interface TlsMaterial {
  readonly context: SecureContextOptions;
  /** The hosts that the certificate is for, lower case; `*.` stands for any one label. */
  readonly names: readonly string[];
  /** Until when the certificate is valid, in milliseconds since 1970. */
  readonly validTo: number;
  /** Whether client certificates are judged by an authority. */
  readonly hasClientCa: boolean;
}

/** Reads the files; throws an `Error` that says which of them is wrong, and why. */
export function readMaterial({ certificate, key, clientCa }: TlsFiles): TlsMaterial {
  const cert = textOf("TLS certificate", certificate);
  const leaf = parsed("TLS certificate", certificate, () => new X509Certificate(cert));
  const pem = textOf("TLS key", key);
  const secret: KeyObject = parsed("TLS key", key, () => createPrivateKey(pem));
  if (!leaf.checkPrivateKey(secret)) throw new Error(`TLS key ${key} is not the key of the certificate ${certificate}`);
  const ca = clientCa === undefined ? {} : { ca: authorities(clientCa) };
  const context = { cert, key: pem, ...ca };
  parsed("TLS certificate", certificate, () => createSecureContext(context));
  const validTo = Date.parse(leaf.validTo);
  return { context, names: namesOf(leaf), validTo, hasClientCa: clientCa !== undefined };
}

/** What tells one state of the files from another, without reading them. */
export const stampOf = ({ certificate, key, clientCa }: TlsFiles): string =>
  [certificate, key, clientCa]
    .map((file) => file && statSync(file, { throwIfNoEntry: false }))
    .map((stats) => (stats ? `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeMs}` : "-"))
    .join();

/** Whether others than owner and group can read the key. */
export const isOpenToAll = ({ key }: TlsFiles): boolean => (statSync(key).mode & 0o004) !== 0;

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

function authorities(file: string): string[] {
  const certificates = textOf("client CA", file).match(PEM_CERTIFICATE) ?? [];
  if (certificates.length === 0) throw new Error(`client CA ${file} holds no PEM certificate`);
  for (const one of certificates) parsed("client CA", file, () => new X509Certificate(one));
  return certificates;
}

function textOf(what: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new Error(`${what} ${file} cannot be read: ${reasonOf(error)}`);
  }
}

function parsed<T>(what: string, file: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new Error(`${what} ${file} cannot be used: ${reasonOf(error)}`);
  }
}

function namesOf({ subjectAltName = "" }: X509Certificate): string[] {
  const names = [...subjectAltName.matchAll(/(?:^|, )(?:DNS:([\w.*-]+)|IP Address:([\da-f.:]+))(?=,|$)/gi)];
  return names.map(([, host, address]) => (host ?? address ?? "").toLowerCase());
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
