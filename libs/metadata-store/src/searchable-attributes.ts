import { levelAttributesOf } from '@isocenter/dicom';
import type { Level, SearchColumn } from './search-plan.js';

/** How the values of an attribute are normalised and compared. */
export type Matching = 'uid' | 'string' | 'name' | 'date' | 'time' | 'integer' | 'modalities';

export interface SearchableAttribute {
  readonly tag: number;
  readonly keyword: string;
  readonly level: Level;
  readonly column: SearchColumn;
  readonly matching: Matching;
  /** Searchable in the Azure dialect too; the others only under `/dicom-web`. */
  readonly azure: boolean;
}

function attribute(level: Level, tag: number, keyword: string, column: SearchColumn, matching: Matching): SearchableAttribute {
  const azure = matching === 'modalities' || levelAttributesOf(tag).some(({ searchable }) => searchable === 'everywhere');
  return { tag, keyword, level, column, matching, azure };
}

/** The columns of what can be searched: the Azure conformance page's list, and of PS3.18 table 10.6.1-5 what viewers send. */
export const SEARCHABLE_ATTRIBUTES: readonly SearchableAttribute[] = [
  attribute('study', 0x0020000d, 'StudyInstanceUID', 'study', 'uid'),
  attribute('study', 0x00100010, 'PatientName', 'patientName', 'name'),
  attribute('study', 0x00100020, 'PatientID', 'patientId', 'string'),
  attribute('study', 0x00100030, 'PatientBirthDate', 'birthDate', 'date'),
  attribute('study', 0x00080050, 'AccessionNumber', 'accessionNumber', 'string'),
  attribute('study', 0x00080090, 'ReferringPhysicianName', 'referringPhysician', 'name'),
  attribute('study', 0x00080020, 'StudyDate', 'studyDate', 'date'),
  attribute('study', 0x00080030, 'StudyTime', 'studyTime', 'time'),
  attribute('study', 0x00200010, 'StudyID', 'studyId', 'string'),
  attribute('study', 0x00081030, 'StudyDescription', 'description', 'string'),
  attribute('study', 0x00080061, 'ModalitiesInStudy', 'modalities', 'modalities'),
  attribute('series', 0x0020000e, 'SeriesInstanceUID', 'series', 'uid'),
  attribute('series', 0x00080060, 'Modality', 'modality', 'string'),
  attribute('series', 0x00081090, 'ManufacturerModelName', 'manufacturerModel', 'string'),
  attribute('series', 0x00400244, 'PerformedProcedureStepStartDate', 'performedStartDate', 'date'),
  attribute('series', 0x00200011, 'SeriesNumber', 'seriesNumber', 'integer'),
  attribute('series', 0x0008103e, 'SeriesDescription', 'seriesDescription', 'string'),
  attribute('instance', 0x00080018, 'SOPInstanceUID', 'sop', 'uid'),
  attribute('instance', 0x00080016, 'SOPClassUID', 'sopClass', 'uid'),
  attribute('instance', 0x00200013, 'InstanceNumber', 'instanceNumber', 'integer'),
];

const byTag = new Map(SEARCHABLE_ATTRIBUTES.map((entry) => [entry.tag, entry]));

export function searchableAttribute(tag: number): SearchableAttribute | undefined {
  return byTag.get(tag);
}
