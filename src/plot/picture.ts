import { encodePng } from './png.js';
import { rasterize } from './raster.js';
import type { Shape } from './shapes.js';
import { toSvg } from './svg.js';

/** A finished picture, to be had as SVG and as PNG, alike in Node and in pages. */
export class Picture {
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** What it is made of. */
  readonly shapes: readonly Shape[];

  constructor(width: number, height: number, shapes: readonly Shape[]) {
    this.width = width;
    this.height = height;
    this.shapes = shapes;
  }

  /** The picture as an SVG document. */
  get svg(): string {
    return toSvg(this.width, this.height, this.shapes);
  }

  /**
   * The bytes of a PNG file, at twice the width and height. Letters that its built-in font lacks lose their accents, or
   * become question marks; the SVG has them.
   */
  png(): Uint8Array<ArrayBuffer> {
    const { width, height, pixels } = rasterize(this.width, this.height, this.shapes);
    return encodePng(width, height, pixels);
  }
}
