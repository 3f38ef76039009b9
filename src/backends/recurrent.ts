import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { defineBlock } from '../core/block.js';
import { requireChoice, requireWhole } from '../core/config.js';
import type { Embedding, Sequence, Spectrogram } from '../core/feature.js';
import type { SequenceBackendFactory, SequenceBackendOutput } from '../core/sequence-output.js';
import { FoldBands } from '../layers/fold-bands.js';
import { Gru } from '../layers/gru.js';
import { OneFrame } from '../layers/one-frame.js';

export interface RecurrentOptions {
  /** Width of each layer. */
  readonly units: number;
  /** How many layers are stacked. */
  readonly depth: number;
  /** The last state alone, or the states of all frames. */
  readonly output: SequenceBackendOutput;
}

/**
 * A stack of gated recurrent units over time, and its last state: sequence `[batch, frame, channel]` → embedding
 * `[batch, unit]`; with `output: 'sequence'` all its states, `[batch, frame, unit]`. A spectrogram's bands are laid beside its channels first. The units are PyTorch's: reset gate after the
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
  defaults: { units: 32, depth: 2, output: 'embedding' } as RecurrentOptions,
  output(input: Spectrogram | Sequence, { units, depth, output }): Embedding | Sequence {
    requireWhole('recurrent', 'units', units);
    requireWhole('recurrent', 'depth', depth);
    requireChoice('recurrent', 'output', output, ['embedding', 'sequence']);
    if (output === 'sequence') return { kind: 'sequence', frames: input.frames, channels: units };
    return { kind: 'embedding', width: units };
  },
  build(x, { units, depth, output }, { input, layers }) {
    const name = layers.nextName();
    const fold = () => layers.own(new FoldBands({ name: `${name}.input` })).apply(x);
    const sequence = input.kind === 'spectrogram' ? fold() : x;
    const states = layers.own(new Gru({ name, units, depth })).apply(sequence as SymbolicTensor) as SymbolicTensor;
    if (output === 'sequence') return states;
    return layers.own(new OneFrame({ name: `${name}.last`, which: 'last' })).apply(states) as SymbolicTensor;
  },
}) as SequenceBackendFactory<RecurrentOptions, 'spectrogram' | 'sequence'>;
