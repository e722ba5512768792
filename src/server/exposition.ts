import type { MethodFigures, Metrics } from "../rpc/metrics.js";
import { BUCKETS } from "../rpc/metrics.js";

/** What is counted, and what only the listeners know. */
export interface Figures {
  readonly metrics: Metrics;
  /** Open connections by listener. */
  connections(): Readonly<Record<string, number>>;
  /** Requests that are not answered yet. */
  owed(): number;
}

export interface Exposition {
  readonly contentType: string;
  text(): Promise<string>;
}

/** All figures in Prometheus' text format. It loads prom-client: 45 ms and 11 MB that only who asks should pay for. */
export async function exposition(figures: Figures): Promise<Exposition> {
  const { Counter, Gauge, Histogram, Registry } = await import("prom-client");
  const registry = new Registry();
  const registers = [registry];
  const counter = (name: string, help: string, labels: readonly string[], read: () => readonly Sample[]) =>
    new Counter({
      name,
      help,
      labelNames: [...labels],
      registers,
      collect() {
        this.reset();
        for (const [values, value] of read()) this.inc(values, value);
      },
    });
  const gauge = (name: string, help: string, labels: readonly string[], read: () => readonly Sample[]) =>
    new Gauge({
      name,
      help,
      labelNames: [...labels],
      registers,
      collect() {
        this.reset();
        for (const [values, value] of read()) this.set(values, value);
      },
    });
  /** Gives what was counted into buckets already; prom-client's own would want every single value again. */
  class Latency extends Histogram<"method"> {
    /** What the registry asks a metric for, missing from the types. */
    async getForPromString() {
      return { name: DURATION, help: HELP, type: "histogram", values: [...figures.metrics.methods].flatMap(latencyOf) };
    }
  }
  new Latency({ name: DURATION, help: HELP, labelNames: ["method"], buckets: [...BUCKETS], registers });
  for (const [name, help, labels, read] of counters(figures)) counter(name, help, labels, read);
  for (const [name, help, labels, read] of gauges(figures)) gauge(name, help, labels, read);
  return { contentType: registry.contentType, text: () => registry.metrics() };
}

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];
type Row = readonly [name: string, help: string, labels: readonly string[], read: () => readonly Sample[]];

const DURATION = "my_os_call_duration_seconds";
const HELP = "How long calls took, in seconds.";
const one = (value: number): readonly Sample[] => [[{}, value]];
const byLabel = (label: string, counts: Iterable<readonly [string, number]>): readonly Sample[] =>
  [...counts].map(([key, value]) => [{ [label]: key }, value]);

const counters = ({ metrics }: Figures): readonly Row[] => [
  [
    "my_os_calls_total",
    "Calls by method and outcome: `ok` or the error's kind.",
    ["method", "outcome"],
    () =>
      [...metrics.methods].flatMap(([method, { outcomes }]) =>
        [...outcomes].map(([outcome, value]): Sample => [{ method, outcome }, value]),
      ),
  ],
  [
    "my_os_unfit_results_total",
    "Results that did not fit the specification, by method; counted where results are checked.",
    ["method"],
    () => byLabel("method", metrics.unfitResults),
  ],
  [
    "my_os_refused_identities_total",
    "Requests whose credentials were not good, by reason.",
    ["reason"],
    () => byLabel("reason", metrics.refusedIdentities),
  ],
  [
    "my_os_refused_connections_total",
    "Connections that were refused before HTTP, by reason.",
    ["reason"],
    () => byLabel("reason", metrics.refusedConnections),
  ],
  [
    "process_cpu_user_seconds_total",
    "User CPU time of the process, in seconds.",
    [],
    () => one(process.cpuUsage().user / 1e6),
  ],
  [
    "process_cpu_system_seconds_total",
    "System CPU time of the process, in seconds.",
    [],
    () => one(process.cpuUsage().system / 1e6),
  ],
  [
    "nodejs_eventloop_active_seconds_total",
    "Time in which the event loop had something to do, in seconds.",
    [],
    () => one(performance.eventLoopUtilization().active / 1e3),
  ],
];

const gauges = ({ connections, owed }: Figures): readonly Row[] => [
  [
    "my_os_open_connections",
    "Open connections, by listener.",
    ["listener"],
    () => byLabel("listener", Object.entries(connections())),
  ],
  ["my_os_open_requests", "Requests that are not answered yet.", [], () => one(owed())],
  [
    "process_start_time_seconds",
    "When the process started, in seconds since 1970.",
    [],
    () => one(performance.timeOrigin / 1e3),
  ],
  [
    "process_resident_memory_bytes",
    "Resident memory of the process, in bytes.",
    [],
    () => one(process.memoryUsage.rss()),
  ],
  ["nodejs_heap_size_used_bytes", "JavaScript heap in use, in bytes.", [], () => one(process.memoryUsage().heapUsed)],
];

function latencyOf([method, { buckets, seconds }]: readonly [string, MethodFigures]) {
  const metricName = `${DURATION}_bucket`;
  let sum = 0;
  const values = [...BUCKETS, "+Inf"].map((le, index) => {
    sum += buckets[index] ?? 0;
    return { labels: { le, method }, value: sum, metricName };
  });
  const labels = { method };
  return [
    ...values,
    { labels, value: seconds, metricName: `${DURATION}_sum` },
    { labels, value: sum, metricName: `${DURATION}_count` },
  ];
}
