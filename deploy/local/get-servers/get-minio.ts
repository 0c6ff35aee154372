import { buildGoProgram } from './build-go-program.js';

/** MinIO's server (150 MB, Go, built here in some minutes). */
export const getMinio = (): Promise<string> => buildGoProgram({
  title: 'MinIO 2026-02-12', name: 'minio-20260212201848', binary: 'minio', main: '.',
  module: 'github.com/minio/minio', version: 'v0.0.0-20260212201848-7aac2a2c5b7c', sum: 'h1:/qdoYujxF5MBLDMVLeiYJ/7fBa1HikX39Dvzb9Ji8pA=',
});
