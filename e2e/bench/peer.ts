import { DicomWebClient } from '../support/dicomweb-client.js';
import { orthancIsInstalled, orthancReadsJpeg2000, startOrthanc, type OrthancOptions } from '../support/orthanc-process.js';
import { startStandalone, type StandaloneOptions } from '../support/standalone-process.js';

export type PeerName = 'isocenter' | 'orthanc';

/** A server under measurement. */
export interface Peer {
  readonly name: PeerName;
  readonly port: number;
  /** Path of its DICOMweb root. */
  readonly root: string;
  readonly baseUrl: string;
  readonly pid: number;
  readonly client: DicomWebClient;
  readonly end: () => Promise<void>;
}

export const startIsocenter = async (below: string, options: StandaloneOptions = {}): Promise<Peer> => {
  const { process, baseUrl, end } = await startStandalone({ below, ...options });
  return peer('isocenter', baseUrl, process.pid, end);
};

export const startOrthancPeer = async (below: string, options: OrthancOptions = {}): Promise<Peer> => {
  const { process, baseUrl, end } = await startOrthanc({ below, syncStorageArea: true, ...options });
  return peer('orthanc', baseUrl, process.pid, end);
};

const peer = (name: PeerName, baseUrl: string, pid: number, end: () => Promise<void>): Peer => ({
  name, baseUrl, pid, end, port: Number(new URL(baseUrl).port), root: '/dicom-web', client: new DicomWebClient(`${baseUrl}/dicom-web`),
});

/** Both servers, side by side, for as long as `use` runs; without Orthanc when it is not installed, cannot do what is asked of it, or is not wanted. */
export const withPeers = async <T>(only: PeerName | undefined, below: string, use: (peers: readonly Peer[]) => Promise<T>, options: OrthancOptions = {}): Promise<T> => {
  const hasOrthanc = orthancIsInstalled() && (options.jpeg2000 !== true || orthancReadsJpeg2000());
  const peers: Peer[] = [];
  try {
    if (only !== 'orthanc') peers.push(await startIsocenter(below));
    if (only !== 'isocenter' && hasOrthanc) peers.push(await startOrthancPeer(below, options));
    return await use(peers);
  } finally {
    for (const started of peers) await started.end();
  }
};
