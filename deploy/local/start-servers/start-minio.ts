import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureBucket, type S3Access } from './ask-s3.js';
import { Server } from './server.js';

export interface MinioPlace {
  readonly program: string;
  readonly folder: string;
  readonly port: number;
  readonly access: S3Access;
  readonly bucket: string;
}

/** MinIO on one folder, without its web page; ready when the bucket is there. */
export async function startMinio({ program, folder, port, access, bucket }: MinioPlace): Promise<Server> {
  await mkdir(join(folder, 'objects'), { recursive: true });
  return Server.start({
    name: 'minio', address: access.endpoint, port, command: program, cwd: folder, logFile: join(folder, 'minio.log'),
    args: ['server', '--address', `127.0.0.1:${port}`, '--certs-dir', join(folder, 'certs'), '--quiet', join(folder, 'objects')],
    env: { MINIO_ROOT_USER: access.accessKey, MINIO_ROOT_PASSWORD: access.secretKey, MINIO_REGION: access.region, MINIO_BROWSER: 'off', MINIO_UPDATE: 'off', HOME: folder },
    isReady: () => ensureBucket(access, bucket),
  });
}
