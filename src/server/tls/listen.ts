import type { AddressInfo, Server } from "node:net";
import { exitCodes, StartRefused, wrongConfig } from "../../config/exit.js";
import type { HostPort } from "../../config/kinds.js";
import type { Settings } from "../../config/settings.js";
import type { Log } from "../../rpc/log.js";
import { TlsInForce } from "./in-force.js";

type TlsSettings = Pick<Settings, "listen" | "tls_certificate" | "tls_key" | "tls_client_ca" | "tls_names" | "acl">;

/** Where to listen on the network, and with which certificate. */
export interface Network {
  readonly at: HostPort;
  readonly inForce: TlsInForce;
  readonly names: readonly string[] | undefined;
}

/** What the settings say of the network, undefined where nothing; throws `StartRefused` for what cannot be. */
export function networkOf(settings: TlsSettings, log: Log): Network | undefined {
  const {
    listen: at,
    tls_certificate: certificate,
    tls_key: key,
    tls_client_ca: clientCa,
    tls_names: names,
  } = settings;
  if (at === undefined) {
    if (certificate ?? key ?? clientCa ?? names) log.warn("the TLS settings do nothing without --listen");
    return undefined;
  }
  if (certificate === undefined || key === undefined)
    throw wrongConfig("--listen wants --tls-certificate and --tls-key: plain TCP is not offered");
  if (settings.acl === undefined) log.warn("without an access list nobody may do anything over the network");
  const inForce = inForceOf({ certificate, key, clientCa }, log);
  if ((names ?? inForce.material.names).length === 0)
    throw wrongConfig(`${certificate} names no host (subjectAltName): set --tls-names`);
  for (const { part, reason } of inForce.degraded()) log.error(part, { file: certificate, reason });
  return { at, inForce, names };
}

function inForceOf(files: ConstructorParameters<typeof TlsInForce>[0], log: Log): TlsInForce {
  try {
    return new TlsInForce(files, log);
  } catch (error) {
    throw wrongConfig(error instanceof Error ? error.message : String(error));
  }
}

/** Makes the server listen on the network; answers how to stop that. */
export async function listenAt(server: Server, { host, port }: HostPort): Promise<() => void> {
  await new Promise<void>((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => {
      const exitCode = error.code === "EADDRINUSE" ? exitCodes.held : exitCodes.config;
      reject(new StartRefused(exitCode, `--listen ${shown({ host, port })}: ${error.message}`));
    };
    server.once("error", onError);
    server.listen({ host, port }, () => {
      server.off("error", onError);
      resolve();
    });
  });
  return () => void server.close();
}

/** The address that a server listens on, as `--listen` writes it. */
export function addressOf(server: Server): string | undefined {
  const address = server.address();
  return isNetwork(address) ? shown({ host: address.address, port: address.port }) : undefined;
}

const isNetwork = (address: AddressInfo | string | null): address is AddressInfo =>
  typeof address === "object" && address !== null;

const shown = ({ host, port }: HostPort): string => `${host.includes(":") ? `[${host}]` : host}:${port}`;
