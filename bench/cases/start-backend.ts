import { type TfjsBackendName, useTfjsBackend } from 'musrep';

/** The tfjs backend that the first argument names; the second says where a native one lies. */
export async function startBackend(): Promise<void> {
  const [, , name, from] = process.argv;
  await useTfjsBackend(name as TfjsBackendName, name === 'tensorflow' && from ? { from } : {});
}
