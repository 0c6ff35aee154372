declare module 'dicom-character-set' {
  /** Throws on a label or an escape sequence that it does not know. `vr` decides which delimiters reset the code elements. */
  export function convertBytes(specificCharacterSet: string, bytes: Uint8Array, options?: { vr?: string }): string;
}
