import { registerPowerSpectrogram } from './power-spectrogram.js';
import { registerConv2DBackpropFilter } from './wasm-kernels.js';

let registered = false;

/** Registers, once, the kernels of the library and those that a tfjs backend lacks, each for that backend alone. */
export function registerKernels(): void {
  if (registered) return;
  registered = true;
  registerPowerSpectrogram();
  registerConv2DBackpropFilter();
}
