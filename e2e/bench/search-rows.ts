import { ctInstance } from '../support/synthetic-instance.js';
import { uidOf } from '../support/uid.js';
import { comparePeers } from './compare-peers.js';
import { getRequest } from './drive-load.js';
import type { Peer } from './peer.js';
import type { Row } from './row.js';
import { fill, instanceOf } from './sample-data.js';

const studies = 1000;
const instances = 100;
const accept = { Accept: 'application/dicom+json' };
const patientOf = (number: number): string => `PID${String(number).padStart(6, '0')}`;

const fillStudies = async (peer: Peer): Promise<void> => {
  await fill(peer, studies, 20, (number) => {
    const study = { studyInstanceUid: uidOf('q', number), seriesInstanceUid: uidOf('q', number, 's'), sopInstanceUid: uidOf('q', number, 'i') };
    return ctInstance({ ...study, patientId: patientOf(number), accessionNumber: `A${number}` }, 8, 8);
  });
  const found = await peer.client.search(`/studies?PatientID=${patientOf(77)}`);
  if (found.length !== 1) throw new Error(`${peer.name} finds ${found.length} studies of one patient instead of 1.`);
};

export const searchStudiesRow: Row = {
  name: 'qido-studies', about: 'QIDO-RS studies by PatientID among 1,000 studies, 8 clients',
  run: (context) => comparePeers(context, fillStudies, [{
    work: 'QIDO studies by PatientID', by: 'rate', target: 5,
    load: (peer) => ({
      connections: 8, requests: 8000, seconds: 2,
      requestOf: (number) => getRequest(`${peer.root}/studies?PatientID=${patientOf((number * 7) % studies)}`, accept),
    }),
  }]),
};

const fillInstances = async (peer: Peer): Promise<void> => {
  await fill(peer, instances, 10, (number) => ctInstance(instanceOf('hundred', number), 8, 8));
  const found = await peer.client.search(`/studies/${instanceOf('hundred', 0).studyInstanceUid}/instances`);
  if (found.length !== instances) throw new Error(`${peer.name} finds ${found.length} of ${instances} instances.`);
};

export const searchInstancesRow: Row = {
  name: 'qido-instances', about: 'QIDO-RS of the 100 instances of a study, 8 clients',
  run: (context) => comparePeers(context, fillInstances, [{
    work: 'QIDO 100 instances of a study', by: 'rate', target: 20,
    load: (peer) => ({
      connections: 8, requests: 4000, seconds: 3,
      requestOf: () => getRequest(`${peer.root}/studies/${instanceOf('hundred', 0).studyInstanceUid}/instances`, accept),
    }),
  }]),
};
