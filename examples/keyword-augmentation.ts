import { resample } from 'musrep/audio';

const RATE = 16_000;
/** A voice read at one of these rates sounds slower and deeper, or faster and higher. Few, since each has a filter table. */
const VOICE_RATES = [13_600, 14_400, 15_200, 16_000, 16_800, 17_600, 18_400] as const;

/** Another voice in another room: faster or slower, shifted, louder or softer, with noise. */
export function augmented(samples: Float32Array, seed: number): Float32Array {
  const random = randomNumbers(seed);
  const between = (low: number, high: number) => low + (high - low) * random();
  const rate = VOICE_RATES[Math.floor(random() * VOICE_RATES.length)] as number;
  const voice = resample(samples, RATE, rate);
  const shift = Math.round(between(-0.1, 0.1) * RATE);
  const gain = 10 ** (between(-10, 6) / 20);
  const noise = 10 ** (between(-70, -35) / 20);
  return Float32Array.from(samples, (_, i) => gain * (voice[i - shift] ?? 0) + noise * between(-1, 1));
}

/** In an order that the seed fixes (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const random = randomNumbers(seed);
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [result[i], result[j]] = [result[j] as T, result[i] as T];
  }
  return result;
}

/** Numbers from 0 to 1 that the seed fixes (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
