import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Clip } from '../../src/audio/clip.js';
import type { AudioModel } from '../../src/core/model.js';
import { loadPublished } from '../../src/models/catalogue.js';
import type { PublishedName } from '../../src/models/published.js';
import { requireClose } from '../harness/compare.js';
import {
  ACTIVATION_SHARE,
  checkActivations,
  PUBLISHED,
  predictAt,
  recordWorst,
  requireWithin,
  windowsOf,
} from '../harness/original.js';
import { HAS_SHARED, readGolden, referenceClip, type Summary, sharedPath, WITH_SHARED } from '../harness/shared.js';
import { AVAILABLE, ON_BACKEND, startBackend } from '../harness/tfjs-backend.js';

interface CheckpointGolden {
  readonly audio: string;
  readonly chunk_starts: readonly number[];
  readonly outputs: readonly (readonly number[])[];
  readonly mean: readonly number[];
  readonly top5: readonly (readonly [string, number])[];
  readonly layers: Readonly<Record<string, Summary>>;
  readonly embedding_chunk0: readonly number[];
  readonly predict_py_centre_crop: { readonly start: number; readonly output: readonly number[] };
}

/** The thesis author's checkpoints: our names, then theirs. */
const CHECKPOINTS: readonly PublishedName[] = [
  'musicnn-mtat',
  'musicnn-jamendo',
  'fcn-mtat',
  'fcn-msd',
  'fcn-jamendo',
  'crnn-mtat',
  'crnn-msd',
  'crnn-jamendo',
];

describe.skipIf(!HAS_SHARED || !AVAILABLE)(`published weights equal the original ${ON_BACKEND}${WITH_SHARED}`, () => {
  beforeAll(startBackend);

  for (const name of CHECKPOINTS) {
    const checkpoint = name.split('-').reverse().join('_');
    for (const clipName of ['cityblues', 'freezingpoint']) {
      it(`${name}, ${clipName}`, async () => {
        const golden = readGolden<CheckpointGolden>(`${checkpoint}__${clipName}`);
        const clip = await referenceClip(golden.audio);
        const model = await loadPublished(name);
        recordWorst(name, clipName, await checkScores(model, clip, golden));
        await checkActivations(model, windowsOf(clip, [0], model.samples), golden.layers);
        const { embeddings } = await model.embed({ ...clip, samples: clip.samples.slice(0, model.samples) });
        requireClose('embedding', embeddings[0] as Float32Array, golden.embedding_chunk0, ACTIVATION_SHARE);
        model.dispose();
      });
    }

    it(`${name}: labels in the order of the original`, async () => {
      const { tags } = JSON.parse(readFileSync(sharedPath(`reference/checkpoints/${checkpoint}.json`), 'utf8'));
      const model = await loadPublished(name);
      expect(model.labels).toEqual(tags);
      model.dispose();
    });
  }
});

/** Sixteen windows, their mean, the five most probable tags and the centre crop; gives the worst difference. */
async function checkScores(model: AudioModel, clip: Clip, golden: CheckpointGolden): Promise<number> {
  const tags = await model.tag(clip);
  const scoreOf = new Map<string, number>(tags.map(({ label, score }) => [label, score]));
  const mean = model.labels.map((label) => scoreOf.get(label) as number);
  const crop = golden.predict_py_centre_crop;
  expect(tags.slice(0, 5).map(({ label }) => label)).toEqual(golden.top5.map(([label]) => label));
  return Math.max(
    requireWithin('mean', mean, golden.mean, PUBLISHED),
    requireWithin('chunks', await predictAt(model, clip, golden.chunk_starts), golden.outputs.flat(), PUBLISHED),
    requireWithin('crop', await predictAt(model, clip, [crop.start]), crop.output, PUBLISHED),
  );
}
