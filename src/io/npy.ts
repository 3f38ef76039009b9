/** A NumPy `.npy` file of float32 rows, `[rows, width]`, or of one vector, `[width]`. */
export function writeNpy(rows: readonly Float32Array[] | Float32Array): Uint8Array {
  const matrix = rows instanceof Float32Array ? [rows] : rows;
  const width = matrix[0]?.length ?? 0;
  const shape = rows instanceof Float32Array ? `(${width},)` : `(${matrix.length}, ${width})`;
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': ${shape}, }`;
  // Magic, version and header length take 10 bytes; with the header, and the line break that ends it, a multiple of 64.
  const headerLength = Math.ceil((10 + dictionary.length + 1) / 64) * 64 - 10;
  const bytes = new Uint8Array(10 + headerLength + 4 * width * matrix.length);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, headerLength & 0xff, headerLength >> 8]);
  bytes.set(new TextEncoder().encode(`${dictionary.padEnd(headerLength - 1)}\n`), 10);
  matrix.forEach((row, i) => {
    bytes.set(new Uint8Array(row.buffer, row.byteOffset, row.byteLength), 10 + headerLength + 4 * width * i);
  });
  return bytes;
}
