import { percentile, start } from "./subject.mjs";

const perLane = 3000;

/** Calls per second and latency of `rpc.health`, in turn with the bare server. */
export async function measureCalls() {
  const rows = {};
  for (const connections of [1, 16]) {
    const [ours, theirs] = [await load("daemon", connections), await load("bare", connections)];
    rows[`${connections} connection${connections > 1 ? "s" : ""}`] = {
      "daemon calls/s": Math.round(ours.rate),
      "bare calls/s": Math.round(theirs.rate),
      ratio: (ours.rate / theirs.rate).toFixed(2),
      "daemon p50/p99 ms": `${ours.p50} / ${ours.p99}`,
      "bare p50/p99 ms": `${theirs.p50} / ${theirs.p99}`,
    };
  }
  return rows;
}

async function load(name, connections) {
  const subject = await start(name);
  const lane = async (count, latencies) => {
    for (; count > 0; count -= 1) {
      const began = performance.now();
      await subject.call();
      latencies.push(performance.now() - began);
    }
  };
  await lane(1000, []);
  const latencies = [];
  const began = performance.now();
  await Promise.all(Array.from({ length: connections }, () => lane(perLane, latencies)));
  const seconds = (performance.now() - began) / 1000;
  await subject.stop();
  return {
    rate: latencies.length / seconds,
    p50: percentile(latencies, 0.5).toFixed(2),
    p99: percentile(latencies, 0.99).toFixed(2),
  };
}
