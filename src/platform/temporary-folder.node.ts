import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Calls `action` with a folder that holds these files and that is removed afterwards. */
export function inTemporaryFolder<T>(files: Readonly<Record<string, Uint8Array>>, action: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'musrep-'));
  try {
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
    return action(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
