import { registerConv2DBackpropFilter } from './conv-filter-gradient.js';
import { replaceMaxPoolGrad } from './max-pool-gradient.js';
import { registerPowerSpectrogram } from './power-spectrogram.js';
import { replaceSums } from './sums.js';

let registered = false;

/** Registers, once, the kernels of the library and those that a tfjs backend lacks, each for that backend alone. */
export function registerKernels(): void {
  if (registered) return;
  registered = true;
  registerPowerSpectrogram();
  registerConv2DBackpropFilter();
  replaceMaxPoolGrad();
  replaceSums();
}
