import { resolve } from 'node:path';

/** A clip that comes with the project. */
export const GRIEG = resolve(import.meta.dirname, '../../examples/clips/grieg-morning.mp3');
