/** Made by scripts/wasm.ts from the C sources beside it. */

/** What it was compiled from, each with its SHA-256. */
export const SOURCE_HASHES = {
  'src/audio/dot-products.c': 'ba05e0193b407c2ae63c41e2e564bae1fb7ae8787f7fbe18487c6498977068b9',
};

/** SHA-256 of the module. */
export const WASM_HASH = '0cc853c531e35aed09c840c60abdbb2b2e4a15a4c371e369d9423d86d3c8e601';

/** The module: zlib, base64. */
export const WASM =
  'eNptkl9u1DAQxj12Nt783ewmeWacE/DI4/oBqfSBM4BEX6wupXRVCRUpnGFPxGEAcQii5ZtsGrS0kfJ5PDO2x/Ozen+3I6UUZfTO9qdP6RWZq4' +
  '/38e5qd/P5i1ZkNKloQZ+IKLbUk/+2zOySog83+zul0t8x/YyjpI8eEHvQW73l2EdvC8WxszllvPDR3i2ZZEgwy69disHsXcYKbr0PLh8tA6sY' +
  'rfw6uJKNpwu3MtgSm65eF2rIUe3Z11VuzZXb4K9xmFfO4m+eSayRVCO5dpXZcs2abRgk0HI5mcMvGn6Qq3nDLRfnzg2v4czPnTgaTnXurNj6Kj' +
  'jLjY9C17C5KFSWccTV8EKJ0EFUi5jD4ZVWiC2kDbyWDAgyoFpkzsgCbyQMQRiqReZwGriWMARhqBaZwjkn0uNChgLXxVBizTK4CNVjBljeXroG' +
  'w9fQWRdzI0Wj7RYMwFIwAaLxffD63hMu5v8cj0d7C4qNN7dYYnzxxqVornXJiAz88A6esnAtUD3nHlelAA2GxYSTM1fKFPu2I7SukWaPXe/yf3' +
  '1HFdWIgfPJmP386D8Zs//lo/9kTPxa3Pm7EoCFcES/pCflCDFGbXCjFxbPu5lrmiv6b5/pHfQoenoErUCCABJUi0yQlPAADWRj0fQkACjxdCmL' +
  's78nZbYl';
