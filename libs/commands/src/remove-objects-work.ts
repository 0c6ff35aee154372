/** Payload of a due row `remove-objects`: written by `index`, carried out by `ingest` when no row refers to the version. */
export interface RemoveObjectsWork {
  readonly version: string;
  readonly keys: readonly string[];
  readonly instance: { readonly partition: number; readonly study: string; readonly series: string; readonly sop: string };
}
