/** Red, green and blue, 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

export const BLACK: Colour = [0, 0, 0];
export const GREY: Colour = [136, 136, 136];

/** Where something lies in a picture, in pixels from its upper left corner. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A rectangle, filled, framed or both. */
export interface Rectangle extends Box {
  readonly kind: 'rectangle';
  readonly fill?: Colour;
  readonly stroke?: Colour;
}

/** A line from point to point. */
export interface Line {
  readonly kind: 'line';
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly colour: Colour;
  readonly width: number;
}

/** A line of text on its baseline, in the one font and size that there is. */
export interface Text {
  readonly kind: 'text';
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly anchor: 'start' | 'middle' | 'end';
}

/** Coloured cells that fill a box, and are seen within another. */
export interface Cells extends Box {
  readonly kind: 'cells';
  readonly columns: number;
  readonly rows: number;
  /** Three bytes a cell, row by row from the top. */
  readonly colours: Uint8Array;
  readonly within: Box;
}

/** All that pictures are made of: so that there can be a vector and a pixel form of each. */
export type Shape = Rectangle | Line | Text | Cells;

/** Pixels from one character to the next. */
export const CHARACTER_WIDTH = 7;
/** Of the font, in pixels: where a character is as wide as that. */
export const FONT_SIZE = (CHARACTER_WIDTH * 2048) / 1233;

/** The shape, further down. */
export function lowered(shape: Shape, by: number): Shape {
  switch (shape.kind) {
    case 'line':
      return { ...shape, points: shape.points.map(([x, y]) => [x, y + by]) };
    case 'cells':
      return { ...shape, y: shape.y + by, within: { ...shape.within, y: shape.within.y + by } };
    default:
      return { ...shape, y: shape.y + by };
  }
}
