export const levels = ['study', 'series', 'instance'] as const;
export type QueryLevel = (typeof levels)[number];

/** Which dialects can search for an attribute: both, or `/dicom-web` only. */
export type Searchable = 'everywhere' | 'web';

export interface LevelAttribute {
  readonly level: QueryLevel;
  readonly tag: number;
  /** Returned by `/v2` unasked ("Default … tags" of the conformance page). */
  readonly v2Default: boolean;
  /** Returned by `/v2` when asked for ("Other … tags"). */
  readonly v2Other: boolean;
  /** Returned by `/dicom-web` unasked (PS3.18 tables 10.6.3-3 to -5). */
  readonly web: boolean;
  readonly searchable: Searchable | undefined;
}

/**
 * Attributes of a search answer that are copied from the stored instances; counts, ModalitiesInStudy, RetrieveURL and their
 * kin are not copied. D: v2 default, O: v2 other, W: PS3.18; s: searchable everywhere, w: under `/dicom-web` only. The
 * conformance page's (0009,0090) is a slip for Referring Physician's Name.
 */
const table: readonly (readonly [QueryLevel, number, string])[] = [
  ['study', 0x00080005, 'OW'], // SpecificCharacterSet
  ['study', 0x00080020, 'DWs'], // StudyDate
  ['study', 0x00080030, 'OWw'], // StudyTime
  ['study', 0x00080050, 'DWs'], // AccessionNumber
  ['study', 0x00080056, 'O'], // InstanceAvailability
  ['study', 0x00080063, 'O'], // AnatomicRegionsInStudyCodeSequence
  ['study', 0x00080090, 'DWs'], // ReferringPhysicianName
  ['study', 0x00080201, 'OW'], // TimezoneOffsetFromUTC
  ['study', 0x00081030, 'Ds'], // StudyDescription
  ['study', 0x00081032, 'O'], // ProcedureCodeSequence
  ['study', 0x00081060, 'O'], // NameOfPhysiciansReadingStudy
  ['study', 0x00081080, 'O'], // AdmittingDiagnosesDescription
  ['study', 0x00081110, 'O'], // ReferencedStudySequence
  ['study', 0x00100010, 'DWs'], // PatientName
  ['study', 0x00100020, 'DWs'], // PatientID
  ['study', 0x00100030, 'DWs'], // PatientBirthDate
  ['study', 0x00100040, 'OWw'], // PatientSex
  ['study', 0x00101010, 'O'], // PatientAge
  ['study', 0x00101020, 'O'], // PatientSize
  ['study', 0x00101030, 'O'], // PatientWeight
  ['study', 0x00102180, 'O'], // Occupation
  ['study', 0x001021b0, 'O'], // AdditionalPatientHistory
  ['study', 0x0020000d, 'DWs'], // StudyInstanceUID
  ['study', 0x00200010, 'OWw'], // StudyID
  ['series', 0x00080005, 'OW'], // SpecificCharacterSet
  ['series', 0x00080021, 'Ow'], // SeriesDate
  ['series', 0x00080031, 'Ow'], // SeriesTime
  ['series', 0x00080060, 'DWs'], // Modality
  ['series', 0x00080201, 'OW'], // TimezoneOffsetFromUTC
  ['series', 0x0008103e, 'OWw'], // SeriesDescription
  ['series', 0x00081090, 'Ds'], // ManufacturerModelName
  ['series', 0x0020000e, 'DWs'], // SeriesInstanceUID
  ['series', 0x00200011, 'OWw'], // SeriesNumber
  ['series', 0x00200060, 'O'], // Laterality
  ['series', 0x00400244, 'DWs'], // PerformedProcedureStepStartDate
  ['series', 0x00400245, 'OWw'], // PerformedProcedureStepStartTime
  ['series', 0x00400275, 'OW'], // RequestAttributesSequence
  ['instance', 0x00080005, 'OW'], // SpecificCharacterSet
  ['instance', 0x00080016, 'OWw'], // SOPClassUID
  ['instance', 0x00080018, 'DWs'], // SOPInstanceUID
  ['instance', 0x00080056, 'O'], // InstanceAvailability
  ['instance', 0x00080201, 'OW'], // TimezoneOffsetFromUTC
  ['instance', 0x00200013, 'OWw'], // InstanceNumber
  ['instance', 0x00280008, 'OW'], // NumberOfFrames
  ['instance', 0x00280010, 'OWw'], // Rows
  ['instance', 0x00280011, 'OWw'], // Columns
  ['instance', 0x00280100, 'OW'], // BitsAllocated
];

/** Of each level ascending by tag. */
export const levelAttributes: readonly LevelAttribute[] = table.map(([level, tag, flags]) => ({
  level,
  tag,
  v2Default: flags.includes('D'),
  v2Other: flags.includes('O'),
  web: flags.includes('W'),
  searchable: flags.includes('s') ? 'everywhere' : flags.includes('w') ? 'web' : undefined,
}));

const byTag = new Map<number, LevelAttribute[]>();
for (const attribute of levelAttributes) {
  const same = byTag.get(attribute.tag);
  if (same === undefined) byTag.set(attribute.tag, [attribute]);
  else same.push(attribute);
}

const NONE: readonly LevelAttribute[] = [];

/** One for each level that has the attribute. */
export function levelAttributesOf(tag: number): readonly LevelAttribute[] {
  return byTag.get(tag) ?? NONE;
}
