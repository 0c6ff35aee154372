import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call } from './http-call.js';
import { freePort } from './free-port.js';
import { ServerProcess } from './server-process.js';

const plugin = '/usr/share/orthanc/plugins/libOrthancDicomWeb.so';
/** Of the Debian package `orthanc-gdcm`: without it Orthanc reads no JPEG 2000. */
const gdcm = '/usr/share/orthanc/plugins/libOrthancGdcm.so';
const program = ['/usr/sbin/Orthanc', '/usr/bin/Orthanc'].find((path) => existsSync(path));

export interface Orthanc {
  readonly process: ServerProcess;
  readonly baseUrl: string;
  readonly folder: string;
  readonly end: () => Promise<void>;
}

/** Whether the Debian packages `orthanc` and `orthanc-dicomweb` are installed. */
export const orthancIsInstalled = (): boolean => program !== undefined && existsSync(plugin);

export const orthancReadsJpeg2000 = (): boolean => existsSync(gdcm);

export interface OrthancOptions {
  /** With GDCM, which then decodes all that it can. */
  readonly jpeg2000?: boolean;
  /** fsync of every stored file, as the archive does; Orthanc's own default. */
  readonly syncStorageArea?: boolean;
  readonly below?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** Orthanc as it is installed: its defaults, files not compressed, HTTP only, in a folder of its own. */
export const startOrthanc = async ({ jpeg2000 = false, syncStorageArea = true, below = tmpdir(), settings = {} }: OrthancOptions = {}): Promise<Orthanc> => {
  if (program === undefined) throw new Error('Orthanc is not installed (Debian packages orthanc and orthanc-dicomweb).');
  const folder = await mkdtemp(join(below, 'isocenter-e2e-orthanc-'));
  const port = await freePort();
  const baseUrl = `http://127.0.0.1:${port}`;
  const configuration = {
    Name: 'isocenter-e2e', StorageDirectory: join(folder, 'storage'), IndexDirectory: join(folder, 'index'), StorageCompression: false,
    SyncStorageArea: syncStorageArea, HttpPort: port, HttpServerEnabled: true, DicomServerEnabled: false, RemoteAccessAllowed: false,
    AuthenticationEnabled: false, Plugins: jpeg2000 ? [plugin, gdcm] : [plugin], DicomWeb: { Enable: true, Root: '/dicom-web/' }, ...settings,
  };
  const file = join(folder, 'orthanc.json');
  await writeFile(file, JSON.stringify(configuration, null, 2));
  const server = await ServerProcess.start({
    name: 'Orthanc', command: program, args: [file], cwd: folder,
    isReady: () => call(`${baseUrl}/system`).then(({ status }) => status === 200, () => false),
  });
  const end = async (): Promise<void> => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { process: server, baseUrl, folder, end };
};
