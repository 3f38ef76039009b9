/** A line on the terminal that says how far a run is; nothing at all where standard error is no terminal. */
export class Progress {
  private readonly started = Date.now();
  private done = 0;

  constructor(
    private readonly total: number,
    private readonly stream: NodeJS.WriteStream = process.stderr,
  ) {}

  step(): void {
    this.done++;
    const seconds = (Date.now() - this.started) / 1000;
    const left = (seconds / this.done) * (this.total - this.done);
    this.write(
      `${this.done} of ${this.total} files, ${(this.done / seconds).toFixed(1)} a second, ${clock(left)} left`,
    );
  }

  /** Takes the line away, so that other lines can be written. */
  clear(): void {
    this.write('');
  }

  private write(line: string): void {
    if (this.stream.isTTY) this.stream.write(`\r\x1b[2K${line}`);
  }
}

/** A line on the terminal that says how much of a model's weights is there. */
export function showDownload(name: string, stream: NodeJS.WriteStream = process.stderr): (done: number) => void {
  return (done) => {
    if (stream.isTTY) stream.write(`\r\x1b[2K${done < 1 ? `${name}: ${Math.floor(100 * done)} % downloaded` : ''}`);
  };
}

function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
