import { median, start } from "./subject.mjs";

const rounds = 11;

/** Start to the first answered request, and resident memory two seconds later, in turn. */
export async function measureStart() {
  const samples = { daemon: { ready: [], rss: [] }, bare: { ready: [], rss: [] } };
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, sample] of Object.entries(samples)) {
      const subject = await start(name);
      sample.ready.push(subject.readyMs);
      if (round < 3) {
        await new Promise((resolve) => setTimeout(resolve, 2000));
        sample.rss.push(subject.rssMiB());
      }
      await subject.stop();
    }
  }
  const row = (unit, key, digits) => {
    const [ours, theirs] = [median(samples.daemon[key]), median(samples.bare[key])];
    return {
      daemon: `${ours.toFixed(digits)} ${unit}`,
      bare: `${theirs.toFixed(digits)} ${unit}`,
      ratio: (ours / theirs).toFixed(2),
    };
  };
  return { "start to first answer": row("ms", "ready", 0), "memory at rest": row("MiB", "rss", 1) };
}
