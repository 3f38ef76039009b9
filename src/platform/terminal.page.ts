/** A page has no terminal: `onProgress` is there for what it shows. */
export function showLine(_line: string): void {}
