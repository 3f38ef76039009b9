/** A page has no folders. */
export function inTemporaryFolder(): never {
  throw new Error('A page has no folder for temporary files.');
}
