/** A difference, as a line of the report has it. */
export interface Finding {
  readonly kind: string;
  readonly partition?: string;
  readonly studyInstanceUid?: string;
  readonly seriesInstanceUid?: string;
  readonly sopInstanceUid?: string;
  readonly version?: string;
  readonly sequence?: number;
  readonly what: string;
  readonly mended: boolean;
  readonly advice?: string;
}

/** `object-missing  Microsoft.Default 1.2/1.2.3/1.2.3.4 version …: The object is not there. …` */
export function describeFinding({ kind, partition, studyInstanceUid, seriesInstanceUid, sopInstanceUid, version, sequence, what, mended, advice }: Finding): string {
  const uids = [studyInstanceUid, seriesInstanceUid, sopInstanceUid].filter((uid) => uid !== undefined).join('/');
  const place = [partition, uids, version !== undefined && `version ${version}`, sequence !== undefined && `sequence ${sequence}`].filter(Boolean).join(' ');
  return `${kind}  ${place === '' ? '' : `${place}: `}${what}${mended ? ' Mended.' : advice === undefined ? '' : ` ${advice}`}`;
}
