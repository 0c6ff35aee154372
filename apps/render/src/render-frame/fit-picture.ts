import { MAX_VIEWPORT } from '@isocenter/http';
import { ImagingError, type ImageDescription, type PictureOptions } from '@isocenter/imaging';
import type { RenderParameters, Viewport } from './parse-render-parameters.js';

/**
 * The region of whole pixels that is shown, and the size that the picture is made to fit.
 *
 * @throws ImagingError `region` when it lies outside of the image, or would be enlarged too far
 */
export function fitPicture({ viewport, region }: Pick<RenderParameters, 'viewport' | 'region'>, { columns, rows }: Pick<ImageDescription, 'columns' | 'rows'>): Pick<PictureOptions, 'region' | 'mirror' | 'fit'> {
  if (region !== undefined) {
    const [x, y] = [cut(region.left * columns, (region.right - region.left) * columns, columns)!, cut(region.top * rows, (region.bottom - region.top) * rows, rows)!];
    return { region: { left: x.from, top: y.from, width: x.length, height: y.length }, fit: viewport && fitOf(viewport, x.length, y.length) };
  }
  if (viewport === undefined) return {};
  const { left = 0, top = 0, sourceWidth = columns - left, sourceHeight = rows - top } = viewport;
  const x = cut(left, Math.abs(sourceWidth), columns);
  const y = cut(top, Math.abs(sourceHeight), rows);
  if (x === undefined || y === undefined) throw new ImagingError('region', `The viewport's region lies outside of the image, which has ${columns} columns and ${rows} rows.`);
  return {
    fit: fitOf(viewport, x.length, y.length),
    region: { left: x.from, top: y.from, width: x.length, height: y.length },
    mirror: { horizontally: sourceWidth < 0, vertically: sourceHeight < 0 },
  };
}

/** No larger than the picture needs. `rows` and `columns` are the most that is wanted (PS3.18 §9), so enlarging ends; of a viewport that is not supported 400 is asked (§8.3.5.1.3). */
function fitOf(viewport: Viewport, columns: number, rows: number): NonNullable<PictureOptions['fit']> {
  const width = Math.min(viewport.width, Math.max(columns, MAX_VIEWPORT));
  const height = Math.min(viewport.height, Math.max(rows, MAX_VIEWPORT));
  const isCut = Math.min(viewport.width / columns, viewport.height / rows) > Math.min(width / columns, height / rows);
  if (isCut && viewport.isMost === undefined) throw new ImagingError('region', `The viewport would enlarge the image to more than ${MAX_VIEWPORT} columns or rows; ask for less.`);
  return { width: Math.min(width, Math.ceil((height * columns) / rows)), height: Math.min(height, Math.ceil((width * rows) / columns)) };
}

/** At least one pixel; what stands over the edge is cut off. */
function cut(from: number, length: number, size: number): { from: number; length: number } | undefined {
  const first = Math.floor(from);
  const end = Math.min(size, Math.max(first + 1, Math.round(from + length)));
  return first < size && end > first ? { from: first, length: end - first } : undefined;
}
