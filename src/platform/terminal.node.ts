/** Shows a line in place of the one before; nothing at all where standard error is no terminal. */
export function showLine(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${line}`);
}
