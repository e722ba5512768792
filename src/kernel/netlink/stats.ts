import type { Exact, KernelStats } from "../net-model.js";
import { type Attributes, exactU64 } from "./attributes.js";
import { chunkOf } from "./message.js";

const IFLA_STATS64 = 23;
const IFLA_CARRIER_CHANGES = 35;

/** Places in `struct rtnl_link_stats64`, counted in 64-bit words. */
const RX = { packets: 0, bytes: 2, errors: 4, dropped: 6, multicast: 8 } as const;
const TX = { packets: 1, bytes: 3, errors: 5, dropped: 7, collisions: 9 } as const;
const RX_DETAIL = {
  length: 10,
  over: 11,
  crc: 12,
  frame: 13,
  fifo: 14,
  missed: 15,
  compressed: 21,
  nohandler: 23,
  otherhost: 24,
};
const TX_DETAIL = { aborted: 16, carrier: 17, fifo: 18, heartbeat: 19, window: 20, compressed: 22 };

type Word = (place: number) => Exact;

/** A counter that is left out where it is zero, as `ip` does. */
const unlessZero = <K extends string>(name: K, value: Exact): { [key in K]?: Exact } =>
  value === 0 ? {} : ({ [name]: value } as { [key in K]: Exact }); // A computed key widens to an index signature.

const received = (word: Word): KernelStats["rx"] => ({
  bytes: word(RX.bytes),
  packets: word(RX.packets),
  errors: word(RX.errors),
  dropped: word(RX.dropped),
  over_errors: word(RX_DETAIL.over),
  multicast: word(RX.multicast),
  ...unlessZero("compressed", word(RX_DETAIL.compressed)),
  length_errors: word(RX_DETAIL.length),
  crc_errors: word(RX_DETAIL.crc),
  frame_errors: word(RX_DETAIL.frame),
  fifo_errors: word(RX_DETAIL.fifo),
  missed_errors: word(RX_DETAIL.missed),
  ...unlessZero("nohandler", word(RX_DETAIL.nohandler)),
  ...unlessZero("otherhost", word(RX_DETAIL.otherhost)),
});

const sent = (word: Word, carrierChanges: number | undefined): KernelStats["tx"] => ({
  bytes: word(TX.bytes),
  packets: word(TX.packets),
  errors: word(TX.errors),
  dropped: word(TX.dropped),
  carrier_errors: word(TX_DETAIL.carrier),
  collisions: word(TX.collisions),
  ...unlessZero("compressed", word(TX_DETAIL.compressed)),
  aborted_errors: word(TX_DETAIL.aborted),
  fifo_errors: word(TX_DETAIL.fifo),
  window_errors: word(TX_DETAIL.window),
  heartbeat_errors: word(TX_DETAIL.heartbeat),
  ...(carrierChanges !== undefined && { carrier_changes: carrierChanges }),
});

/** A link's counters; a counter that an older kernel does not send is 0. */
export function decodeStats(attributes: Attributes): KernelStats {
  const { view } = chunkOf(attributes.bytes(IFLA_STATS64));
  const word: Word = (place) => (place * 8 + 8 <= view.byteLength ? exactU64(view, place * 8) : 0);
  return { rx: received(word), tx: sent(word, attributes.u32(IFLA_CARRIER_CHANGES)) };
}
