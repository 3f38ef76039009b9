import { MusrepError } from '../core/errors.js';

/** How far a run is, counted from where its stage began. */
export interface Elapsed {
  /** Updates made before. */
  readonly step: number;
  /** Epochs completed. */
  readonly epoch: number;
}

/** What the learning rate is multiplied by at each update; a function of your own is as good. */
export type Schedule = (elapsed: Elapsed) => number;

/** A length of time: in updates or in epochs. */
export type Span = { readonly steps: number } | { readonly epochs: number };

/**
 * The same factor always.
 *
 * @example
 * ```ts
 * import { constant } from 'musrep/training';
 *
 * console.log(constant()({ step: 7, epoch: 0 })); // 1
 * ```
 */
export function constant(factor = 1): Schedule {
  return () => factor;
}

/**
 * Multiplies the rate by `factor` after each span: factor^⌊elapsed/span⌋.
 *
 * @throws `MusrepError` `bad-option` for a span that is not positive.
 *
 * @example
 * ```ts
 * import { stepDecay } from 'musrep/training';
 *
 * const schedule = stepDecay({ epochs: 20, factor: 0.1 });
 * console.log(schedule({ step: 900, epoch: 45 })); // 0.01
 * ```
 */
export function stepDecay({ factor, ...span }: Span & { readonly factor: number }): Schedule {
  const share = shareOf(span);
  return (elapsed) => factor ** Math.floor(share(elapsed));
}

/**
 * Falls from 1 to `final` along half a cosine, and stays there: final + (1 − final)·(1 + cos(π·elapsed/span))/2
 * (I. Loshchilov and F. Hutter, "SGDR", 2017, without restarts).
 *
 * @throws `MusrepError` `bad-option` for a span that is not positive.
 *
 * @example
 * ```ts
 * import { cosine } from 'musrep/training';
 *
 * console.log(cosine({ steps: 1000 })({ step: 500, epoch: 2 })); // about 0.5
 * ```
 */
export function cosine({ final = 0, ...span }: Span & { readonly final?: number }): Schedule {
  const share = shareOf(span);
  return (elapsed) => final + ((1 - final) * (1 + Math.cos(Math.PI * Math.min(1, share(elapsed))))) / 2;
}

/**
 * Rises evenly to 1 over the span, from the first update's share of it on.
 *
 * @throws `MusrepError` `bad-option` for a span that is not positive.
 *
 * @example
 * ```ts
 * import { chain, cosine, warmUp } from 'musrep/training';
 *
 * const schedule = chain(warmUp({ steps: 500 }), cosine({ steps: 20_000 }));
 * console.log(schedule({ step: 0, epoch: 0 })); // 0.002
 * ```
 */
export function warmUp(span: Span): Schedule {
  const share = shareOf(span);
  return ({ step, epoch }) => Math.min(1, share({ step: step + 1, epoch: epoch + 1 }));
}

/** The product of several schedules. See {@link warmUp} for an example. */
export function chain(...schedules: readonly Schedule[]): Schedule {
  return (elapsed) => schedules.reduce((product, schedule) => product * schedule(elapsed), 1);
}

function shareOf(span: Span): (elapsed: Elapsed) => number {
  const length = 'steps' in span ? span.steps : span.epochs;
  if (!(length > 0)) throw new MusrepError('bad-option', `A schedule's span must be above 0. Received: ${length}.`);
  return ({ step, epoch }) => ('steps' in span ? step : epoch) / length;
}
