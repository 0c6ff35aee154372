import { tagOfKeyword } from '@isocenter/dicom';
import { BadRequest, dialectPolicies } from '@isocenter/http';
import { searchableAttribute, type Predicate } from '@isocenter/metadata-store';
import { describe, expect, it } from '@jest/globals';
import { parsePredicate } from './parse-predicate.js';

type Dialect = 'azure-v2' | 'dicom-web';

function parse(keyword: string, value: string, dialect: Dialect = 'azure-v2', fuzzy = false): Predicate[] {
  return parsePredicate(searchableAttribute(tagOfKeyword(keyword)!)!, value, keyword, fuzzy, dialectPolicies[dialect].search);
}

describe('parsePredicate', () => {
  it.each<[string, string, Predicate]>([
    ['PatientID', 'AbC', { kind: 'equals', column: 'patientId', values: ['abc'] }],
    ['PatientID', 'Ä ', { kind: 'equals', column: 'patientId', values: ['ä'] }],
    ['PatientID', 'P1\0', { kind: 'equals', column: 'patientId', values: ['p1'] }],
    ['PatientID', 'a*?[b', { kind: 'equals', column: 'patientId', values: ['a*?[b'] }],
    ['AccessionNumber', 'A,B\\C', { kind: 'equals', column: 'accessionNumber', values: ['a,b\\c'] }],
    ['PatientName', 'Dœ^Jané', { kind: 'equals', column: 'patientName', values: ['dœ^jane'] }],
    ['PatientName', 'Doe^John^^^', { kind: 'equals', column: 'patientName', values: ['doe^john'] }],
    ['PatientName', '*doe*', { kind: 'equals', column: 'patientName', values: ['*doe*'] }],
    ['StudyInstanceUID', '1.2.3', { kind: 'equals', column: 'study', values: ['1.2.3'] }],
    ['StudyInstanceUID', '1.2.3,5.6.7\\8.9.0', { kind: 'equals', column: 'study', values: ['1.2.3', '5.6.7', '8.9.0'] }],
    ['SOPInstanceUID', 'ab-1.2', { kind: 'equals', column: 'sop', values: ['ab-1.2'] }],
    ['StudyDate', '20240229', { kind: 'equals', column: 'studyDate', values: [20240229] }],
    ['StudyDate', '20240101-20240131', { kind: 'range', column: 'studyDate', from: 20240101, to: 20240131 }],
    ['StudyDate', '20240101-', { kind: 'range', column: 'studyDate', from: 20240101, to: undefined }],
    ['PatientBirthDate', '-20240131', { kind: 'range', column: 'birthDate', from: undefined, to: 20240131 }],
    ['ModalitiesInStudy', 'CT', { kind: 'modalities', values: ['ct'] }],
    ['ModalitiesInStudy', 'CT,MR', { kind: 'modalities', values: ['ct,mr'] }],
    ['Modality', 'CT', { kind: 'equals', column: 'modality', values: ['ct'] }],
  ])('given /v2 and %s=%s, then %j', (keyword, value, predicate) => {
    expect(parse(keyword, value)).toEqual([predicate]);
  });

  it.each([
    ['PatientID', ''], ['PatientID', ' '], ['PatientName', '\0'], ['StudyDate', ''],
    ['StudyDate', '-'], ['StudyDate', '2024'], ['StudyDate', '20241301'], ['StudyDate', '20240101-20240201-20240301'], ['StudyDate', 'x-20240101'], ['StudyDate', '20240101-x'], ['StudyDate', '20240201-20240101'], ['StudyDate', '*'],
    ['StudyInstanceUID', '1.2_3'], ['StudyInstanceUID', '1.2,*'], ['StudyInstanceUID', ','], ['SeriesInstanceUID', '1.2,1.3'], ['SOPInstanceUID', '1'.repeat(65)],
  ])('given /v2 and %s="%s", then 400 that names the parameter', (keyword, value) => {
    expect(() => parse(keyword, value)).toThrow(BadRequest);
    expect(() => parse(keyword, value)).toThrow(keyword);
  });

  describe('fuzzy names', () => {
    it.each([['joh', ['joh']], ['jo do', ['jo', 'do']], ['Doe^John', ['doe', 'john']], ['Ä', ['a']], ['山田', ['山田']]])('given "%s", then the prefixes %j', (value, prefixes) => {
      for (const dialect of ['azure-v2', 'dicom-web'] as const) expect(parse('PatientName', value, dialect, true)).toEqual([{ kind: 'words', column: 'patientName', prefixes }]);
    });

    it('given no word, then nothing matches, instead of everything', () => {
      expect(parse('PatientName', '^', 'azure-v2', true)).toEqual([{ kind: 'equals', column: 'patientName', values: [''] }]);
    });

    it('given another attribute, then it is exact all the same', () => {
      expect(parse('PatientID', 'p', 'azure-v2', true)).toEqual([{ kind: 'equals', column: 'patientId', values: ['p'] }]);
    });
  });

  describe('given /dicom-web', () => {
    it.each<[string, string, Predicate]>([
      ['PatientID', '*Id?', { kind: 'wildcard', column: 'patientId', pattern: '*id?' }],
      ['PatientName', 'Dö*', { kind: 'wildcard', column: 'patientName', pattern: 'do*' }],
      ['PatientName', 'Doe^*', { kind: 'wildcard', column: 'patientName', pattern: 'doe^*' }],
      ['ModalitiesInStudy', 'CT,MR\\SR', { kind: 'modalities', values: ['ct', 'mr', 'sr'] }],
      ['SeriesInstanceUID', '1.2,1.3', { kind: 'equals', column: 'series', values: ['1.2', '1.3'] }],
      ['StudyTime', '10', { kind: 'range', column: 'studyTime', from: 100000000000, to: 105959999999 }],
      ['StudyTime', '101112.5', { kind: 'range', column: 'studyTime', from: 101112500000, to: 101112599999 }],
      ['StudyTime', '10-1130', { kind: 'range', column: 'studyTime', from: 100000000000, to: 113059999999 }],
      ['StudyTime', '-1130', { kind: 'range', column: 'studyTime', from: undefined, to: 113059999999 }],
      ['StudyTime', '1130-', { kind: 'range', column: 'studyTime', from: 113000000000, to: undefined }],
      ['SeriesNumber', ' 7', { kind: 'equals', column: 'seriesNumber', values: [7] }],
      ['InstanceNumber', '-7', { kind: 'equals', column: 'instanceNumber', values: [-7] }],
      ['StudyID', 'S1', { kind: 'equals', column: 'studyId', values: ['s1'] }],
    ])('and %s=%s, then %j', (keyword, value, predicate) => {
      expect(parse(keyword, value, 'dicom-web')).toEqual([predicate]);
    });

    it.each([['PatientName', ''], ['PatientID', '*'], ['StudyDate', ''], ['StudyDate', '*'], ['ModalitiesInStudy', ''], ['StudyInstanceUID', '']])('and %s="%s", then it matches everything', (keyword, value) => {
      expect(parse(keyword, value, 'dicom-web')).toEqual([]);
    });

    it.each([['StudyTime', '25'], ['StudyTime', '-'], ['StudyTime', '10-11-12'], ['SeriesNumber', 'x'], ['SeriesNumber', '1.5'], ['StudyDate', '20240101-x'], ['SeriesInstanceUID', '1.2,*']])('and %s="%s", then 400 that names the parameter', (keyword, value) => {
      expect(() => parse(keyword, value, 'dicom-web')).toThrow(keyword);
    });
  });
});
