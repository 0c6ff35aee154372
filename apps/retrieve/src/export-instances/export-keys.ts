import type { InstanceRow } from '@isocenter/metadata-store';
import { encodeSegment } from '@isocenter/object-store';

/** Where what an export writes stands in its destination (azure-v2-extensions.md, "Export"). */
export class ExportKeys {
  private readonly root: string;

  constructor(prefix: string, operation: string) {
    this.root = prefix === '' ? operation : `${prefix}/${operation}`;
  }

  instance({ study, series, sop }: InstanceRow): string {
    return `${this.root}/results/${encodeSegment(study)}/${encodeSegment(series)}/${encodeSegment(sop)}.dcm`;
  }

  get errors(): string {
    return `${this.root}/errors.log`;
  }

  /** What the steps leave of it while the export runs: objects are written once. */
  errorPart(number: number): string {
    return `${this.root}/errors/${String(number).padStart(8, '0')}.log`;
  }
}
