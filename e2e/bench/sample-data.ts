import { lastBoundary, partHead, storeContentType } from '../support/multipart.js';
import { ctInstance, type Identity } from '../support/synthetic-instance.js';
import { uidOf } from '../support/uid.js';
import { driveLoad, postRequest } from './drive-load.js';
import type { Peer } from './peer.js';

export const storeHeaders = { 'Content-Type': storeContentType, Accept: 'application/dicom+json' };
export const asStoredFiles = 'multipart/related; type="application/dicom"; transfer-syntax=*';
export const asStoredFrames = 'multipart/related; type="application/octet-stream"; transfer-syntax=*';

/** Instance `number` of a series of its own for each `seed`. */
export const instanceOf = (seed: string, number: number, of: Partial<Identity> = {}): Identity => ({
  studyInstanceUid: uidOf(seed, 'study'), seriesInstanceUid: uidOf(seed, 'series'), sopInstanceUid: uidOf(seed, 'instance', number),
  patientId: `P-${seed}`, instanceNumber: number + 1, ...of,
});

/** A STOW request with these instances; the pixels are not copied. */
export const storeRequest = (peer: Pick<Peer, 'root'>, instances: readonly (readonly Buffer[])[]): readonly Buffer[] =>
  postRequest(`${peer.root}/studies`, storeHeaders, [...instances.flatMap((pieces) => [partHead, ...pieces]), lastBoundary]);

/** Stores `count` instances, `perRequest` at a time on four connections. */
export const fill = async (peer: Peer, count: number, perRequest: number, instance: (number: number) => readonly Buffer[]): Promise<void> => {
  const requests = Math.ceil(count / perRequest);
  const requestOf = (number: number): readonly Buffer[] => {
    const numbers = Array.from({ length: Math.min(perRequest, count - number * perRequest) }, (_, at) => number * perRequest + at);
    return storeRequest(peer, numbers.map(instance));
  };
  const { requests: answered } = await driveLoad({ port: peer.port, connections: 4, requestOf, requests, seconds: 3600 });
  if (answered !== requests) throw new Error(`${peer.name} answered ${answered} of ${requests} requests that store the data.`);
};

export const fillSeries = (peer: Peer, seed: string, count: number): Promise<void> => fill(peer, count, 10, (number) => ctInstance(instanceOf(seed, number)));

