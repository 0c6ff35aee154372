import { isStandardTransferSyntax, levelAttributesOf, type InstanceDescription, type ScannedPart10 } from '@isocenter/dicom';
import { isUid, type DialectPolicy } from '@isocenter/http';
import { FAILURE, rejected, WARNING, type InstanceIds, type Rejected } from './store-outcome.js';

const PATIENT_ID = 0x00100020;
const MAX_COMMENTS = 100;

export interface Accepted {
  readonly kind: 'accepted';
  readonly ids: Required<InstanceIds>;
  readonly warning: number | undefined;
  readonly comments: readonly string[];
}

/** Whether a complete instance may be stored: who it is, how it is encoded, what of it is not valid. */
export function checkInstance(scanned: ScannedPart10, description: InstanceDescription, fileMetaSopClass: string | undefined, requestStudy: string | undefined, policy: DialectPolicy['store']): Accepted | Rejected {
  const ids = { study: description.studyInstanceUid, series: description.seriesInstanceUid, sop: description.sopInstanceUid, sopClass: description.sopClassUid };
  const fail = (reason: number, comment: string | readonly string[]): Rejected => rejected(reason, comment, ids);
  const { failures, warnings } = patientIdAs(policy.patientId, description);
  if (failures.length > 0) return fail(FAILURE.validation, failures.map(({ text }) => text));
  for (const [name, uid] of Object.entries({ StudyInstanceUID: ids.study, SeriesInstanceUID: ids.series, SOPInstanceUID: ids.sop, SOPClassUID: ids.sopClass })) {
    if (!isUid(uid)) return fail(FAILURE.validation, `DICOM100: ${name} - Content "${uid.slice(0, 80)}" is no UID: allowed are 1 to 64 letters, digits, '.' or '-'`);
  }
  if (!scanned.hasFileMeta || scanned.transferSyntaxUid === '') return fail(FAILURE.validation, 'The file has no File Meta Information with a Transfer Syntax UID (0002,0010), which a DICOM file of PS3.10 needs.');
  if (!isStandardTransferSyntax(scanned.transferSyntaxUid)) return fail(FAILURE.validation, `The transfer syntax '${scanned.transferSyntaxUid.slice(0, 64)}' is none of the DICOM standard, so the encoding of the file is not known.`);
  if (policy.transferSyntaxes === 'explicit-only' && !scanned.explicitVr) return fail(FAILURE.validation, `The transfer syntax ${scanned.transferSyntaxUid} has implicit Value Representations; only those with explicit ones are accepted here.`);
  if (requestStudy !== undefined && requestStudy !== ids.study) return fail(FAILURE.otherStudy, `The instance is of study ${ids.study}, the request names study ${requestStudy}.`);
  const strict = policy.invalidSearchable === 'fail' ? warnings.filter(({ tag }) => levelAttributesOf(tag).some(({ searchable }) => searchable === 'everywhere')) : [];
  if (strict.length > 0) return fail(FAILURE.validation, strict.map(({ text }) => text));
  const comments = warnings.slice(0, MAX_COMMENTS).map(({ text }) => text);
  const otherClass = fileMetaSopClass !== undefined && fileMetaSopClass !== '' && fileMetaSopClass !== ids.sopClass;
  return { kind: 'accepted', ids, comments, warning: comments.length > 0 ? WARNING.validation : otherClass ? WARNING.sopClass : undefined };
}

type Problems = Pick<InstanceDescription, 'failures' | 'warnings'>;

/** PatientID is required by the Azure dialect, of type 2 in the standard: there it may be missing. */
function patientIdAs(wanted: DialectPolicy['store']['patientId'], { failures, warnings }: Problems): Problems {
  const isPatientId = ({ tag }: { tag: number }): boolean => tag === PATIENT_ID;
  if (wanted === 'optional') return { failures: failures.filter((problem) => !isPatientId(problem)), warnings: [...failures.filter(isPatientId), ...warnings] };
  if (wanted === 'value') return { failures: [...failures, ...warnings.filter(isPatientId)], warnings };
  return { failures, warnings };
}
