import { comparePeers } from './compare-peers.js';
import { getRequest } from './drive-load.js';
import type { Peer } from './peer.js';
import type { Row } from './row.js';
import { asStoredFiles, asStoredFrames, fillSeries, instanceOf } from './sample-data.js';
import { instancePath } from '../support/dicomweb-client.js';

const instances = 300;
const seed = 'series';
const { studyInstanceUid, seriesInstanceUid } = instanceOf(seed, 0);

/** A wrong or short answer is fast: both are looked at before they are timed. */
const fillAndCheck = async (peer: Peer): Promise<void> => {
  await fillSeries(peer, seed, instances);
  const found = await peer.client.search(`/studies/${studyInstanceUid}/instances`);
  if (found.length !== instances) throw new Error(`${peer.name} finds ${found.length} of ${instances} instances.`);
  const metadata = await peer.client.metadata(`/studies/${studyInstanceUid}/series/${seriesInstanceUid}`);
  if (metadata.length !== instances) throw new Error(`${peer.name} has metadata of ${metadata.length} of ${instances} instances.`);
  const [frame] = await peer.client.frames(instancePath(instanceOf(seed, 7)), [1]);
  if (frame?.body.length !== 524_288) throw new Error(`${peer.name} has a frame of ${frame?.body.length} bytes instead of 524288.`);
};

export const studyRow: Row = {
  name: 'study', about: 'retrieve of a study of 300 CT instances as stored, one client',
  run: (context) => comparePeers(context, fillAndCheck, [{
    work: 'study retrieve as stored', by: 'throughput', target: 1,
    load: (peer) => ({ connections: 1, requests: 4, seconds: 10, requestOf: () => getRequest(`${peer.root}/studies/${studyInstanceUid}`, { Accept: asStoredFiles }) }),
  }]),
};

const metadataLoad = (peer: Peer, headers: Readonly<Record<string, string>>) => ({
  connections: 1, requests: 20, seconds: 4,
  requestOf: () => getRequest(`${peer.root}/studies/${studyInstanceUid}/series/${seriesInstanceUid}/metadata`, { Accept: 'application/dicom+json', ...headers }),
});

export const metadataRow: Row = {
  name: 'metadata', about: 'metadata of a series of 300 instances, one client, with and without compression',
  run: (context) => comparePeers(context, fillAndCheck, [
    { work: 'metadata of a 300-instance series, identity', by: 'time', target: 20, load: (peer) => metadataLoad(peer, {}) },
    { work: 'metadata of a 300-instance series, compressed as browsers accept it', by: 'time', target: 10, load: (peer) => metadataLoad(peer, { 'Accept-Encoding': 'gzip, deflate, br, zstd' }) },
  ]),
};

export const frameRow: Row = {
  name: 'frame', about: 'one frame of 0.5 MB a request, 8 clients',
  run: (context) => comparePeers(context, fillAndCheck, [{
    work: 'frame', by: 'rate', target: 2.5,
    load: (peer) => ({
      connections: 8, requests: 3000, seconds: 3,
      requestOf: (number) => getRequest(`${peer.root}${instancePath(instanceOf(seed, number % instances))}/frames/1`, { Accept: asStoredFrames }),
    }),
  }]),
};
