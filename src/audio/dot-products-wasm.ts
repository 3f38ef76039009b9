/** Made by scripts/wasm.ts from the C sources beside it. */

/** What it was compiled from, each with its SHA-256. */
export const SOURCE_HASHES = {
  'src/audio/dot-products.c': 'ba05e0193b407c2ae63c41e2e564bae1fb7ae8787f7fbe18487c6498977068b9',
};

/** SHA-256 of the module. */
export const WASM_HASH = '8fd5cbee3657a7b1955e6561af17d4f7a758431320a551910a5cb88cb15f24ba';

/** The module: zlib, base64. */
export const WASM =
  'eNp9U0GO0zAU9bczcRInbdoka75zApYs6wUSzIIzgMRsrCnDMNVIaJDKGXoiDoNYIHEDovJ+mgkqGhEpz0/v2c73f456d7clpRQ5emv3p0fpJZ' +
  'mrD/fp9mp78+mzVmQ0qeSCPhJRamlP4WvmbEbJ+5vdnVLFr5R+pkm+Tx7gPeiN3nAakjeV4tTbkhxTSHY+YwWid9HnIzNgxcjK6+gdXwTawfYl' +
  'mLkWVoHpXb8QvjTYFhubQNh4KFHz2dPXfsW1X+Nt8MmgvMXbPjGxwaQGkxtfmw03rNnGQYyO3USHHzR8J9/wmjsuzsU1ryDm5yI+DVGdizXbUE' +
  'dvuQ1J7Fs2ryrlHCdcD8+UAB0EtYA5HF5oBW8ReSU2ADZQC8x2GXktNgA2UAvMdhW5ERsAG6gFJjvnTHpfyFDgrBgcasYgS5fRJ4jNXvoWw5fY' +
  'W59yKxWj6zYQih/jQz4m7HGeoO8DxT4Pv4/Ho731C86DuZVFoXztK/TW+uy/mfkOST0lj6uql5VChMWUJi+8jAX27cbM+lZ6PTa9z/+2HZ+vxx' +
  'RQzonMOj/qJzLrzx/1E5ni63Dqb0ryKyRGdEy64sYMU9QGGd2wuOPtXNNc0T/7TNdA2jbdgU5iAiAmoBaYYlIIGYlkmI1FyfgPSDZZoEtZ7P4A' +
  'tn+3NQ==';
