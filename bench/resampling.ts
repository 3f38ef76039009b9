/**
 * How exact the resampler is, as the table of docs/audio.md says: tones that both rates can hold against their ideal
 * samples, tones that the lower rate cannot hold, CPU time, and the difference from soxr HQ. Run it with `npx tsx bench/resampling.ts`.
 */
import { loadAudio } from '../src/audio/load-audio.js';
import { resample } from '../src/audio/resample.js';
import { cpuMs } from './cases/measure.js';

const SECONDS = 1;
const PAIRS = [
  [44_100, 16_000],
  [48_000, 16_000],
  [44_100, 22_050],
  [22_050, 16_000],
  [8000, 16_000],
  [16_000, 44_100],
  [44_100, 48_000],
  [44_100, 47_999],
] as const;

const tone = (hertz: number, rate: number) =>
  Float32Array.from({ length: rate * SECONDS }, (_, i) => Math.sin((2 * Math.PI * hertz * i) / rate));

/** Greatest deviation in the middle three fifths, in dB of the tone's amplitude. */
function deviation(samples: Float32Array, ideal?: Float32Array): number {
  const margin = Math.floor(samples.length / 5);
  let worst = 0;
  for (let i = margin; i < samples.length - margin; i++) {
    worst = Math.max(worst, Math.abs((samples[i] as number) - (ideal?.[i] ?? 0)));
  }
  return 20 * Math.log10(worst);
}

console.log('| from → to, Hz | passband error, dB | aliases, dB | CPU ms a minute |\n| --- | --- | --- | --- |');
for (const [from, to] of PAIRS) {
  const nyquist = Math.min(from, to) / 2;
  const passband = [0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.91].map((share) => {
    const hertz = Math.round(share * nyquist);
    return deviation(resample(tone(hertz, from), from, to), tone(hertz, to));
  });
  const beyond = [1.001, 1.02, 1.1, 1.3, 1.6, 1.95]
    .map((share) => Math.round(share * nyquist))
    .filter((hertz) => hertz < from / 2);
  const aliases = beyond.map((hertz) => deviation(resample(tone(hertz, from), from, to)));
  const minute = new Float32Array(60 * from);
  const start = cpuMs();
  resample(minute, from, to);
  const cells = [
    `${from} → ${to}`,
    Math.max(...passband).toFixed(0),
    aliases.length > 0 ? Math.max(...aliases).toFixed(0) : '–',
    (cpuMs() - start).toFixed(0),
  ];
  console.log(`| ${cells.join(' | ')} |`);
}

/** The reference data, where it lies beside the project. */
const [native, soxr] = ['cityblues.native5s.pcm16.wav', 'cityblues.native5s.16k.f32.wav'].map((name) =>
  loadAudio(`../shared/reference/audio/${name}`).catch(() => undefined),
);
const [ours, theirs] = [await native, await soxr];
if (ours && theirs) {
  const resampled = resample(ours.samples, ours.sampleRate, theirs.sampleRate);
  let error = 0;
  let power = 0;
  for (let i = 1000; i < resampled.length - 1000; i++) {
    error += ((resampled[i] as number) - (theirs.samples[i] as number)) ** 2;
    power += (theirs.samples[i] as number) ** 2;
  }
  console.log(`\nDifference from soxr HQ: ${(10 * Math.log10(error / power)).toFixed(0)} dB of the music`);
}
