import { resolve } from 'node:path';

/** The two clips that come with the project. */
export const GRIEG = resolve(import.meta.dirname, '../../examples/clips/grieg-morning.mp3');
export const ZEROPAGE = resolve(import.meta.dirname, '../../examples/clips/zeropage-void-sensor.mp3');
