import { registerConv2DBackpropFilter } from './conv-filter-gradient.js';
import { replaceConv2DBackpropInput } from './conv-input-gradient.js';
import { replaceErf } from './erf.js';
import { replaceIdentity } from './identity.js';
import { replaceBatchMatMul } from './mat-mul.js';
import { replaceMaxPoolGrad } from './max-pool-gradient.js';
import { replaceMaxima } from './maxima.js';
import { registerPowerSpectrogram } from './power-spectrogram.js';
import { replaceSlice } from './slices.js';
import { replaceSums } from './sums.js';
import { registerBatchNormSteps } from './wasm-kernels/batch-norm.js';
import { replaceConvolutions } from './wasm-kernels/convolutions.js';
import { registerLayerNorm } from './wasm-kernels/layer-norm.js';

let registered = false;

/** Registers, once, the kernels of the library and those that a tfjs backend lacks, each for that backend alone. */
export function registerKernels(): void {
  if (registered) return;
  registered = true;
  registerPowerSpectrogram();
  registerBatchNormSteps();
  replaceConvolutions();
  registerConv2DBackpropFilter();
  replaceConv2DBackpropInput();
  replaceMaxPoolGrad();
  replaceSums();
  replaceMaxima();
  replaceErf();
  registerLayerNorm();
  replaceIdentity();
  replaceSlice();
  replaceBatchMatMul();
}
