import { ImagingError, type ImageDescription, type PictureOptions } from '@isocenter/imaging';
import type { RenderParameters } from './parse-render-parameters.js';

/**
 * The region of whole pixels that is shown, and the size that the picture is made to fit.
 *
 * @throws ImagingError `region` when it lies outside of the image
 */
export function fitPicture({ viewport, region }: Pick<RenderParameters, 'viewport' | 'region'>, { columns, rows }: Pick<ImageDescription, 'columns' | 'rows'>): Pick<PictureOptions, 'region' | 'mirror' | 'fit'> {
  if (region !== undefined) {
    const [x, y] = [cut(region.left * columns, (region.right - region.left) * columns, columns)!, cut(region.top * rows, (region.bottom - region.top) * rows, rows)!];
    return { region: { left: x.from, top: y.from, width: x.length, height: y.length }, fit: viewport && { width: viewport.width, height: viewport.height } };
  }
  if (viewport === undefined) return {};
  const fit = { width: viewport.width, height: viewport.height };
  const { left = 0, top = 0, sourceWidth = columns - left, sourceHeight = rows - top } = viewport;
  const x = cut(left, Math.abs(sourceWidth), columns);
  const y = cut(top, Math.abs(sourceHeight), rows);
  if (x === undefined || y === undefined) throw new ImagingError('region', `The viewport's region lies outside of the image, which has ${columns} columns and ${rows} rows.`);
  return {
    fit,
    region: { left: x.from, top: y.from, width: x.length, height: y.length },
    mirror: { horizontally: sourceWidth < 0, vertically: sourceHeight < 0 },
  };
}

/** At least one pixel; what stands over the edge is cut off. */
function cut(from: number, length: number, size: number): { from: number; length: number } | undefined {
  const first = Math.floor(from);
  const end = Math.min(size, Math.max(first + 1, Math.round(from + length)));
  return first < size && end > first ? { from: first, length: end - first } : undefined;
}
