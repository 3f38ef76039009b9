import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { defineBlock } from '../core/block.js';
import { requireWhole } from '../core/config.js';
import type { Embedding, Sequence, Spectrogram } from '../core/feature.js';
import { FoldBands } from '../layers/fold-bands.js';
import { Gru } from '../layers/gru.js';
import { OneFrame } from '../layers/one-frame.js';

export interface RecurrentOptions {
  /** Width of each layer. */
  readonly units: number;
  /** How many layers are stacked. */
  readonly depth: number;
}

/**
 * A stack of gated recurrent units over time, and its last state: sequence `[batch, frame, channel]` → embedding
 * `[batch, unit]`. A spectrogram's bands are laid beside its channels first. The units are PyTorch's: reset gate after the
 * product, a bias for the input and for the state (thesis 3.5.1; the back end of the CRNN, K. Choi et al., 2017).
 *
 * @throws {@link MusrepError} `bad-option` for sizes that are no whole numbers.
 *
 * @example
 * ```ts
 * import { recurrent } from 'musrep';
 *
 * const gru = recurrent({ units: 64, depth: 1 });
 * ```
 */
export const recurrent = defineBlock({
  name: 'recurrent',
  role: 'backend',
  takes: ['spectrogram', 'sequence'],
  defaults: { units: 32, depth: 2 } as RecurrentOptions,
  output(_input: Spectrogram | Sequence, { units, depth }): Embedding {
    requireWhole('recurrent', 'units', units);
    requireWhole('recurrent', 'depth', depth);
    return { kind: 'embedding', width: units };
  },
  build(x, { units, depth }, { input, layers }) {
    const name = layers.nextName();
    const fold = () => layers.own(new FoldBands({ name: `${name}.input` })).apply(x);
    const sequence = input.kind === 'spectrogram' ? fold() : x;
    const states = layers.own(new Gru({ name, units, depth })).apply(sequence as SymbolicTensor);
    return layers.own(new OneFrame({ name: `${name}.last`, which: 'last' })).apply(states) as SymbolicTensor;
  },
});
