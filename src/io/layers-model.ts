import { io } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { writeTo } from '#platform/files';
import type { Folder } from '../platform/folder.js';

const WEIGHTS = 'weights.bin';

/** Writes a model in tfjs's own format, both files or neither: what `tf.loadLayersModel` reads. */
export async function writeLayersModel(folder: Folder, model: LayersModel): Promise<void> {
  const { weightSpecs, weightData, ...topology } = await artifactsOf(model);
  const json: io.ModelJSON = {
    ...(topology as Omit<io.ModelJSON, 'weightsManifest'>),
    weightsManifest: [{ paths: [WEIGHTS], weights: weightSpecs ?? [] }],
  };
  await writeTo(folder, {
    [WEIGHTS]: new Uint8Array(io.CompositeArrayBuffer.join(weightData)),
    'model.json': new TextEncoder().encode(`${JSON.stringify(json)}\n`),
  });
}

async function artifactsOf(model: LayersModel): Promise<io.ModelArtifacts> {
  let given: io.ModelArtifacts = {};
  const handler = io.withSaveHandler(async (artifacts) => {
    given = artifacts;
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
  });
  await model.save(handler);
  return given;
}
