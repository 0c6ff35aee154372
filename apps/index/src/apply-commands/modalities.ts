import type { SeriesRow } from '@isocenter/metadata-store';

/** The study's `modalities` with one more. */
export function withModality(modalities: string, modality: string | null): string {
  if (modality === null || modalities.includes(`\\${modality}\\`)) return modalities;
  return `${modalities === '' ? '\\' : modalities}${modality}\\`;
}

export function modalitiesOf(series: readonly Pick<SeriesRow, 'modality'>[]): string {
  return series.reduce((modalities, { modality }) => withModality(modalities, modality), '');
}
