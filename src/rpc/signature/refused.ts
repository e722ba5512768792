import { type ErrorDetails, RpcError } from "../errors.js";

/** Why a signature is not good; a class of its own, so that nothing else that is thrown is taken for it. */
export class Unauthenticated extends RpcError<"unauthenticated"> {
  #claimed: string | undefined;

  constructor(details: ErrorDetails<"unauthenticated">, message: string) {
    super("unauthenticated", details, message);
  }

  /** The key that was claimed and not proven, 64 lower-case hex digits: for the audit, never for an answer. */
  get claimed(): string | undefined {
    return this.#claimed;
  }

  /** Keeps the key that was claimed, where the claim has a key's form; the first claim stays. */
  claiming(key: string): this {
    if (/^[0-9a-f]{64}$/i.test(key)) this.#claimed ??= key.toLowerCase();
    return this;
  }
}

type Reason = Exclude<ErrorDetails<"unauthenticated">["reason"], "clock">;

/** A signature that is not good, with the reason that its sender is told. */
export const refused = (reason: Reason, message: string): Unauthenticated => new Unauthenticated({ reason }, message);

/** A signature of another time; `serverTime` (seconds since the epoch) is a time that would have been accepted. */
export const wrongTime = (serverTime: number, message: string): Unauthenticated =>
  new Unauthenticated({ reason: "clock", server_time: serverTime }, `${message}; sign again at server_time`);

/** What a sender wrote, short and harmless enough to be repeated to it. */
export const shown = (text: string): string => {
  const plain = text.replace(/[^\x20-\x7e]/g, "?");
  return plain.length > 80 ? `${plain.slice(0, 80)}…` : plain;
};
