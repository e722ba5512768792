/** The daemon's exit codes, after sysexits(3). */
export const exitCodes = {
  ok: 0,
  /** A wrong command line. */
  usage: 64,
  /** A defect: something was thrown that nobody expected. */
  internal: 70,
  /** The socket or the state folder is held by another instance. */
  held: 75,
  /** A wrong configuration, or one that this machine cannot serve. */
  config: 78,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Why the daemon does not start; the message is for the person who started it. */
export class StartRefused extends Error {
  override readonly name = "StartRefused";

  constructor(
    readonly exitCode: ExitCode,
    message: string,
  ) {
    super(message);
  }
}

export const wrongUsage = (message: string): StartRefused => new StartRefused(exitCodes.usage, message);
export const wrongConfig = (message: string): StartRefused => new StartRefused(exitCodes.config, message);
