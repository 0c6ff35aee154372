import { describe, expect, it } from '@jest/globals';
import dicomParser from 'dicom-parser';
import { ctInstance, encapsulatedMultiframe, manyElementInstance, nativeMultiframe, type Identity } from './synthetic-instance.js';
import { uidOf } from './uid.js';

const identity: Identity = { studyInstanceUid: uidOf('study'), seriesInstanceUid: uidOf('series'), sopInstanceUid: uidOf('sop'), patientId: 'P-7' };

describe('synthetic instances are what an independent parser reads', () => {
  it('a CT', () => {
    const bytes = Buffer.concat(ctInstance(identity));
    const read = dicomParser.parseDicom(bytes);
    expect(read.string('x0020000d')).toBe(identity.studyInstanceUid);
    expect(read.string('x00100020')).toBe('P-7');
    expect(read.elements['x7fe00010']?.length).toBe(524_288);
    expect(read.elements['x7fe00010']?.dataOffset).toBe(bytes.length - 524_288);
  });

  it('a header of many elements', () => {
    const read = dicomParser.parseDicom(Buffer.concat(manyElementInstance(identity, 15_000)));
    expect(Object.keys(read.elements).length).toBeGreaterThan(15_000);
    expect(read.elements['x7fe00010']?.length).toBe(512);
  });

  it('native frames', () => {
    const read = dicomParser.parseDicom(Buffer.concat([...nativeMultiframe(identity, 5, 8, 8)]));
    expect(read.string('x00280008')).toBe('5');
    expect(read.elements['x7fe00010']?.length).toBe(5 * 128);
  });

  it('encapsulated frames', () => {
    const read = dicomParser.parseDicom(Buffer.concat([...encapsulatedMultiframe(identity, 7, 64)]));
    expect(read.elements['x7fe00010']?.fragments).toHaveLength(7);
  });
});

it('the same words make the same UID, of at most 64 characters', () => {
  expect(uidOf('a', 1)).toBe(uidOf('a', 1));
  expect(uidOf('a', 1)).not.toBe(uidOf('a', 2));
  expect(uidOf('a', 1)).toMatch(/^2\.25\.[1-9][0-9]{30,38}$/);
});
