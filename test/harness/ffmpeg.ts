import { spawnSync } from 'node:child_process';

/** Makes the audio files of some tests. */
export const HAS_FFMPEG = spawnSync('ffmpeg', ['-version']).status === 0;

/** For the names of tests that need it. */
export const WITH_FFMPEG = HAS_FFMPEG ? '' : ' (skipped: no ffmpeg, see CONTRIBUTING.md)';
