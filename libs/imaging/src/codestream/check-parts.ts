import { ImagingError } from '../imaging-error.js';
import { type Exponents } from './j2k-coding-style.js';
import { type J2kHeader } from './read-j2k-header.js';

/** From where to where a tile goes, across or down. */
type Span = readonly [number, number];

/** Of each kind, small images may have so many, and large ones one for so many samples. Encoders write tiles of 64 × 64 and blocks of 32 × 32, or larger. */
const TILES = { free: 4096, samples: 4096 };
const BLOCKS = { free: 65_536, samples: 128 };
/** Packets are bits in a table. */
const MOST_PACKETS = 2 ** 24;

/**
 * A decoder takes 10 to 20 KB for each tile and component, and half a KB for each code block, before it looks at any: what cuts an image
 * into dust makes 100 bytes take a GB. Precincts and packets are bounded with them (ISO 15444-1 §B).
 *
 * @throws ImagingError `unsupported`
 */
export function checkParts(header: J2kHeader): void {
  const { rows, columns, components, grid, style } = header;
  const tiles = grid.across * grid.down;
  refuse('tiles', tiles, TILES.free + (rows * columns) / TILES.samples);
  const [across, down] = [spans(grid.across, grid.origin[0], grid.tile[0], grid.image[0]), spans(grid.down, grid.origin[1], grid.tile[1], grid.image[1])];
  const cells = (level: number, [x, y]: Exponents): number => count(across, level, x) * count(down, level, y);
  let [blocks, precincts] = [0, 0];
  for (let level = 0; level <= style.levels; level++) {
    const precinct = style.precincts[level]!;
    // All but the lowest resolution are three bands of half the size.
    const half = level < style.levels ? 1 : 0;
    const block: Exponents = [Math.min(precinct[0], style.block[0] + half), Math.min(precinct[1], style.block[1] + half)];
    blocks += cells(level, block) * (half === 1 ? 3 : 1);
    precincts = Math.max(precincts, cells(level, precinct));
  }
  refuse('code blocks', blocks * components, BLOCKS.free + (rows * columns * components) / BLOCKS.samples);
  refuse('packets', precincts * (style.levels + 1) * components * style.layers, MOST_PACKETS);
}

function refuse(name: string, number: number, most: number): void {
  if (number > most) throw new ImagingError('unsupported', `The JPEG 2000 codestream is cut into ${number} ${name}; for an image of its size at most ${Math.floor(most)} are decoded.`);
}

function spans(tiles: number, origin: number, size: number, [from, to]: Span): Span[] {
  return Array.from({ length: tiles }, (_, tile) => [Math.max(origin + tile * size, from), Math.min(origin + (tile + 1) * size, to)]);
}

/** Cells of 2^exponent that the tiles touch when they are halved `level` times. */
function count(tiles: readonly Span[], level: number, exponent: number): number {
  let cells = 0;
  for (const [from, to] of tiles) {
    const [first, last] = [Math.ceil(from / 2 ** level), Math.ceil(to / 2 ** level)];
    if (last > first) cells += Math.ceil(last / 2 ** exponent) - Math.floor(first / 2 ** exponent);
  }
  return cells;
}
