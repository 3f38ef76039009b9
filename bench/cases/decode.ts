/** CPU ms to decode a file, and to decode it and resample it to 16 kHz; and how long it is, in seconds. */
import { loadAudio, resample } from 'musrep/audio';
import { cpuMs, medianCpuMs } from './measure.js';

const path = process.argv[4] as string;
const clip = await loadAudio(path);
const decode = await medianCpuMs(async () => void (await loadAudio(path)), 5);
const before = cpuMs();
resample(clip.samples, clip.sampleRate, 16_000);
console.log(
  JSON.stringify({ seconds: clip.samples.length / clip.sampleRate, decode, both: decode + cpuMs() - before }),
);
