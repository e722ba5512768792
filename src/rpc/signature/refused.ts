import { type ErrorDetails, RpcError } from "../errors.js";

/** Why a signature is not good; a class of its own, so that nothing else that is thrown is taken for it. */
export class Unauthenticated extends RpcError<"unauthenticated"> {
  constructor(details: ErrorDetails<"unauthenticated">, message: string) {
    super("unauthenticated", details, message);
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
