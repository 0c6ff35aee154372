/**
 * What a change says of the kind of its instance, so that who chooses changes by it need not look the instance up.
 * `modality` is the series', folded as searches have it; told as DICOM has a code string, in upper case (PS3.5 6.2).
 */
export function kindOfInstance(sopClass: string, modality: string | null | undefined): { sopClass: string; modality?: string } {
  return { sopClass, ...(typeof modality === 'string' && { modality: modality.toUpperCase() }) };
}
