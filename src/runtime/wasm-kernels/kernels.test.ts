import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { startWasm, WASM_VARIANTS } from '../../../test/harness/wasm-variant.js';
import { compareWithout } from '../../../test/harness/without-wasm-kernels.js';
import { batchNormalize } from '../batch-norm.js';
import { layerNorm } from '../transformer-ops.js';

const uniform = (shape: number[], seed: number) => tf.randomUniform(shape, -1, 1, 'float32', seed);

describe.each(WASM_VARIANTS)('products on wasm, %s', (variant) => {
  beforeAll(() => startWasm(variant));

  // Rows around six, columns around eight, and inner values beyond what is taken at a time.
  const sizes = [
    { count: 1, rows: 1, inner: 1, columns: 1 },
    { count: 3, rows: 5, inner: 7, columns: 9 },
    { count: 2, rows: 13, inner: 300, columns: 17 },
    { count: 1, rows: 24, inner: 513, columns: 16 },
  ];
  for (const { count, rows, inner, columns } of sizes) {
    for (const [transposeA, transposeB] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ] as const) {
      const how = [transposeA ? 'first transposed' : '', transposeB ? 'second transposed' : ''].join(' ');
      it(`equal sums in float64: ${count} of ${rows} × ${inner} × ${columns} ${how}`, async () => {
        const a = uniform([count, ...(transposeA ? [inner, rows] : [rows, inner])], 1);
        const b = uniform([count, ...(transposeB ? [columns, inner] : [inner, columns])], 2);
        const product = tf.matMul(a, b, transposeA, transposeB);
        expect(product.shape).toEqual([count, rows, columns]);
        const [values, left, right] = [await product.data(), await a.data(), await b.data()];
        for (let i = 0; i < values.length; i++) {
          const [column, row, which] = [i % columns, Math.floor(i / columns) % rows, Math.floor(i / columns / rows)];
          let sum = 0;
          for (let k = 0; k < inner; k++) {
            const from = which * rows * inner + (transposeA ? k * rows + row : row * inner + k);
            const by = which * inner * columns + (transposeB ? column * inner + k : k * columns + column);
            sum += (left[from] as number) * (right[by] as number);
          }
          expect(values[i]).toBeCloseTo(sum, 4);
        }
        tf.dispose([a, b, product]);
      });
    }
  }
});

describe.each(WASM_VARIANTS)('sums and means on wasm, %s', (variant) => {
  beforeAll(() => startWasm(variant));

  for (const shape of [
    [3, 5, 1],
    [2, 1001, 3],
    [1, 40, 18],
    [4, 9, 16],
  ]) {
    it(`equal plain code: [${shape}]`, async () => {
      const x = uniform(shape, 1);
      for (const axes of [[0], [1], [2], [0, 1], [1, 2], [0, 1, 2]]) {
        await compareWithout('sum', () => tf.sum(x, axes), 1e-7);
        await compareWithout('mean', () => tf.mean(x, axes, true), 1e-7);
      }
      x.dispose();
    });
  }
});

describe.each(WASM_VARIANTS)('maxima on wasm, %s', (variant) => {
  beforeAll(() => startWasm(variant));

  for (const shape of [
    [3, 5, 1],
    [2, 1001, 3],
    [1, 3, 4099],
    [4, 9, 16],
  ]) {
    it(`equal the backend's own: [${shape}]`, async () => {
      const x = uniform(shape, 1);
      for (const axes of [[0], [1], [2], [0, 1], [1, 2], [0, 1, 2]]) {
        await compareWithout('maximum', () => tf.max(x, axes), 0);
        await compareWithout('maximum, axes kept', () => tf.max(x, axes, true), 0);
      }
      x.dispose();
    });
  }

  it('are not a number where a value is not', async () => {
    const holed = tf.tensor2d([
      [1, Number.NaN, 3, 4, 5],
      [6, 7, 8, Number.NaN, 10],
    ]);
    expect([...(await tf.max(holed, 0).data())]).toEqual([6, Number.NaN, 8, Number.NaN, 10]);
    const long = tf.concat([tf.range(0, 20), tf.tensor1d([Number.NaN]), tf.range(0, 20)]);
    expect([...(await tf.max(long).data())]).toEqual([Number.NaN]);
    expect([...(await tf.max(tf.neg(tf.range(3, 40))).data())]).toEqual([-3]);
  });
});

describe.each(WASM_VARIANTS)('the error function on wasm, %s', (variant) => {
  beforeAll(() => startWasm(variant));

  it("equals the backend's own", async () => {
    const x = tf.linspace(-4.5, 4.5, 1003);
    const { values, reference } = await compareWithout('values', () => tf.erf(x), 2e-7);
    expect(values).not.toEqual(reference);
    x.dispose();
  });

  it('is 1 far away, odd, and no number where there is none', async () => {
    const values = await tf.erf(tf.tensor1d([-Infinity, -30, -1, 1, 4, 30, Infinity, Number.NaN])).data();
    expect(values[2]).toBe(-(values[3] as number));
    // To six digits of the tables.
    expect(values[3]).toBeCloseTo(0.842701, 6);
    expect([...values.slice(0, 2), ...values.slice(4)]).toEqual([-1, -1, 1, 1, 1, Number.NaN]);
  });
});

describe.each(WASM_VARIANTS)('layer normalisation on wasm, %s', (variant) => {
  beforeAll(() => startWasm(variant));

  for (const width of [1, 5, 16, 259]) {
    it(`equals what is composed: ${width} channels`, async () => {
      const [x, gamma, beta] = [uniform([3, 7, width], 1), uniform([width], 2), uniform([width], 3)];
      for (const epsilon of [1e-5, 1e-2])
        await compareWithout('output', () => layerNorm(x, gamma, beta, epsilon), 2e-6);
      tf.dispose([x, gamma, beta]);
    });
  }
});

describe.each(WASM_VARIANTS)('batch normalisation on wasm, %s', (variant) => {
  beforeAll(() => startWasm(variant));

  for (const channels of [1, 5, 16, 18]) {
    for (const activation of ['relu', 'none'] as const) {
      it(`equals what is composed: ${channels} channels, ${activation}`, async () => {
        const tensors = [uniform([3, 7, 5, channels], 1), ...[2, 3, 4].map((seed) => uniform([channels], seed))];
        const apply = ([x, bias, gamma, beta]: tf.Tensor[], report?: (statistics: tf.Tensor[]) => void) =>
          batchNormalize({ x, bias, gamma, beta } as Record<'x' | 'bias' | 'gamma' | 'beta', tf.Tensor>, {
            epsilon: 1e-5,
            activation,
            onStatistics: (...statistics) => report?.(statistics.map((one) => tf.keep(one))),
          });
        const reported = () => {
          let found: tf.Tensor[] = [];
          tf.tidy(() => void apply(tensors, (statistics) => (found = statistics)));
          return tf.tidy(() => {
            const both = tf.stack(found);
            tf.dispose(found);
            return both;
          });
        };
        await compareWithout('statistics', reported);
        await compareWithout('output', () => tf.tidy(() => apply(tensors)));
        const weights = uniform([3, 7, 5, channels], 5);
        const gradients = tf.grads((...inputs) => tf.sum(tf.mul(apply(inputs), weights)) as tf.Scalar);
        for (const i of [0, 2, 3]) {
          await compareWithout(`gradient ${i}`, () => tf.tidy(() => tf.clone(gradients(tensors)[i] as tf.Tensor)));
        }
        tf.dispose([tensors, weights]);
      });
    }
  }
});

describe.each(WASM_VARIANTS)('the gradient of max-pooling on wasm, %s', (variant) => {
  beforeAll(() => startWasm(variant));

  for (const [size, strides] of [
    [2, 2],
    [3, 2],
    [[4, 1], 1],
  ] as const) {
    it(`goes where plain code has it go: ${size}, strides ${strides}`, async () => {
      // Rounded, so that several values of a window are the greatest.
      const x = tf.tidy(() => tf.round(tf.mul(uniform([2, 9, 10, 7], 1), 4)));
      const pool = (input: tf.Tensor) =>
        tf.maxPool(input as tf.Tensor4D, size as number | [number, number], strides as number, 'valid');
      const weights = uniform(
        tf.tidy(() => pool(x).shape),
        2,
      );
      const gradient = tf.grad((input) => tf.sum(tf.mul(pool(input), weights)));
      const { values, reference } = await compareWithout('gradient', () => gradient(x));
      expect(values).toEqual(reference);
      tf.dispose([x, weights]);
    });
  }
});
