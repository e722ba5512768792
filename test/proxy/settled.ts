/** What is another from one moment to the next, whoever asks. */
const VOLATILE =
  /^(uptime_seconds|system_uptime_seconds|checked_at|taken_at|stats64|used|confirmed|updated|probes|refcnt|state|used_seconds|idle_age|duration_seconds|timeout|lookups_\w+|packets|bytes|n_packets|n_bytes|cpus|totals|count|available_bytes|used_bytes|inodes_\w+|use_percent|expires|(remaining|valid|preferred)_seconds|request_id|statistics|last_error|tcp_flags|link_resets|found|usage|\w+_timer)$/;

/** A value without what passes by itself: times, counters, states and the ids of requests. */
export const settled = (value: unknown): unknown =>
  value === undefined
    ? undefined
    : JSON.parse(JSON.stringify(value, (key, item) => (VOLATILE.test(key) ? undefined : item)));
