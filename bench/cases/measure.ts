import { type TfjsBackendName, useTfjsBackend } from 'musrep';

/** CPU time of this process so far, all threads, in ms. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The median CPU time of an action, in ms, after it ran a few times. */
export async function medianCpuMs(action: () => Promise<void>, repeats: number): Promise<number> {
  for (let i = 0; i < 3; i++) await action();
  const times: number[] = [];
  for (let i = 0; i < repeats; i++) {
    const start = cpuMs();
    await action();
    times.push(cpuMs() - start);
  }
  return times.sort((a, b) => a - b)[Math.floor(repeats / 2)] as number;
}

/** The tfjs backend that the first argument names; the second says where a native one lies. */
export async function startBackend(): Promise<void> {
  const [, , name, from] = process.argv;
  await useTfjsBackend(name as TfjsBackendName, name === 'tensorflow' && from ? { from } : {});
}

/** Noise that is the same in every run. */
export function noise(length: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return 0.2 * (state / 2 ** 32 - 0.5);
  });
}
