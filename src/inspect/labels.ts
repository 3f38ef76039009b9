import { unknownName } from '../core/errors.js';
import type { AudioModel } from '../core/model.js';

/** Where a label stands among the scores. */
export function indexOfLabel(model: AudioModel, label: string): number {
  const index = model.labels.indexOf(label);
  if (index < 0) throw unknownName('label', label, model.labels);
  return index;
}
