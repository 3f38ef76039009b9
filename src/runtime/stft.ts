/** How a signal is cut into frames and windowed. All lengths are in samples. */
export interface StftSpec {
  readonly fftSize: number;
  readonly hopLength: number;
  /** A periodic Hann window of this length, centred in the frame. */
  readonly windowLength: number;
  /** Whether frame t is centred on sample t·hop; if not, it starts there. */
  readonly center: boolean;
  /** What lies beyond the ends of a centred signal: its mirror image, or silence. */
  readonly padMode: 'reflect' | 'constant';
}

/** How many frames `samples` samples give. */
export function frameCount(samples: number, { fftSize, hopLength, center }: StftSpec): number {
  const padded = center ? samples + 2 * Math.floor(fftSize / 2) : samples;
  return Math.max(0, Math.floor((padded - fftSize) / hopLength) + 1);
}

/** The sample on which each frame is centred. */
export function frameCentres(samples: number, spec: StftSpec): number[] {
  const first = spec.center ? 0 : spec.fftSize / 2;
  return Array.from({ length: frameCount(samples, spec) }, (_, frame) => first + frame * spec.hopLength);
}

/** The periodic Hann window, zero-padded on both sides to the frame length. */
export function frameWindow({ fftSize, windowLength }: StftSpec): Float64Array {
  const window = new Float64Array(fftSize);
  const start = Math.floor((fftSize - windowLength) / 2);
  for (let i = 0; i < windowLength; i++) window[start + i] = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / windowLength);
  return window;
}

/** The windowed Fourier matrix, `[fftSize, 2·bins]`: the cosine columns, then the sine columns. */
export function fourierBasis(spec: StftSpec): Float32Array {
  const { fftSize } = spec;
  const bins = fftSize / 2 + 1;
  const window = frameWindow(spec);
  const basis = new Float32Array(fftSize * 2 * bins);
  for (let n = 0; n < fftSize; n++) {
    for (let k = 0; k < bins; k++) {
      const angle = (2 * Math.PI * ((n * k) % fftSize)) / fftSize;
      basis[n * 2 * bins + k] = (window[n] as number) * Math.cos(angle);
      basis[n * 2 * bins + bins + k] = -(window[n] as number) * Math.sin(angle);
    }
  }
  return basis;
}
