import { vrName } from '../element-table.js';

/** So much of an invalid value is quoted. */
const MAX_QUOTED = 256;

export interface ValidationProblem {
  readonly tag: number;
  /** Worded as `ErrorComment` of the v2 conformance page. */
  readonly text: string;
}

export function invalidValue(tag: number, vr: number, content: string, reason: string): ValidationProblem {
  const quoted = content.length > MAX_QUOTED ? `${content.slice(0, MAX_QUOTED)}…` : content;
  return { tag, text: `DICOM100: ${tagText(tag)} - Content "${quoted}" does not validate VR ${vrName(vr)}: ${reason}` };
}

export function invalidAttribute(tag: number, reason: string): ValidationProblem {
  return { tag, text: `DICOM100: ${tagText(tag)} - ${reason}` };
}

/** (0008,002a), as the conformance page writes it. */
export function tagText(tag: number): string {
  const digits = (tag >>> 0).toString(16).padStart(8, '0');
  return `(${digits.slice(0, 4)},${digits.slice(4)})`;
}
