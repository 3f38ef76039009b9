/** CPU time of this process so far, all threads, in ms. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

type Action = () => Promise<void>;

/** The median CPU time of an action, in ms, after it ran a few times. */
export async function medianCpuMs(action: Action, repeats: number): Promise<number> {
  for (let i = 0; i < 3; i++) await action();
  const times: number[] = [];
  for (let i = 0; i < repeats; i++) times.push(await cpuMsOf(action));
  return median(times);
}

/** From the numbers of windows, one after the other, to numbers again. */
export type Scoring = (windows: Float32Array, batch: number) => Promise<ArrayLike<number>>;

/** CPU ms a window of so many samples, alone and in a batch of 8, after a while and at least so many calls with either. */
export async function windowMs(samples: number, score: Scoring, leastCalls = 0): Promise<Record<string, number>> {
  const result: Record<string, number> = {};
  for (const batch of [1, 8]) {
    const windows = noise(batch * samples);
    const action = async () => void (await score(windows, batch));
    for (let i = 0; i < leastCalls; i++) await action();
    await runFor(batch === 1 ? WARM_UP_MS : 0, action);
    result[`batch ${batch}`] = median(await runFor(MEASURED_MS, action)) / batch;
  }
  return result;
}

/** Time for V8 to compile anew what runs often, and for TensorFlow to find its memory. */
const WARM_UP_MS = 1500;
const MEASURED_MS = 800;

/** Once, and as often as it takes to fill so much CPU time. */
async function runFor(milliseconds: number, action: Action): Promise<number[]> {
  const times: number[] = [];
  const end = cpuMs() + milliseconds;
  do times.push(await cpuMsOf(action));
  while (cpuMs() < end);
  return times;
}

async function cpuMsOf(action: Action): Promise<number> {
  const start = cpuMs();
  await action();
  return cpuMs() - start;
}

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;

/** Noise that is the same in every run. */
export function noise(length: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return 0.2 * (state / 2 ** 32 - 0.5);
  });
}
