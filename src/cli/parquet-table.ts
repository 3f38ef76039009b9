import { basename, dirname } from 'node:path';
import { writeTo } from '#platform/files';

/** Embeddings as a Parquet file: a file a row, or with their times a window a row. */
export class ParquetTable {
  private readonly files: string[] = [];
  private readonly times: number[] = [];
  private readonly embeddings: Float32Array[] = [];

  constructor(private readonly path: string) {}

  add(file: string, times: readonly number[], vectors: Float32Array | readonly Float32Array[]): void {
    const rows = vectors instanceof Float32Array ? [vectors] : vectors;
    rows.forEach((embedding, i) => {
      this.files.push(file);
      if (rows === vectors) this.times.push(times[i] as number);
      this.embeddings.push(embedding);
    });
  }

  async write(): Promise<void> {
    const { parquetWriteBuffer } = await import('hyparquet-writer');
    const timed = this.times.length > 0;
    const buffer = parquetWriteBuffer({
      columnData: [
        { name: 'file', data: this.files },
        ...(timed ? [{ name: 'time', data: this.times }] : []),
        { name: 'embedding', data: this.embeddings.map((vector) => [...vector]) },
      ],
      schema: [
        { name: 'root', num_children: timed ? 3 : 2 },
        { name: 'file', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
        ...(timed ? [{ name: 'time', type: 'DOUBLE', repetition_type: 'REQUIRED' } as const] : []),
        { name: 'embedding', converted_type: 'LIST', repetition_type: 'REQUIRED', num_children: 1 },
        { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
        { name: 'element', type: 'FLOAT', repetition_type: 'REQUIRED' },
      ],
    });
    await writeTo(dirname(this.path), { [basename(this.path)]: new Uint8Array(buffer) });
  }
}
