/** The object of a version with what may lie beside it: its metadata and its frame table, when they are large. */
export function objectFamily(objectKey: string): string[] {
  const prefix = objectKey.slice(0, -'.dcm'.length);
  return [objectKey, `${prefix}.metadata`, `${prefix}.frames`];
}
