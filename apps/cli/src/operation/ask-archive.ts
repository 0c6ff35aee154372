/** The archive did not do what was asked; the message says why, in its words or those of the connection. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

export interface ArchiveAddress {
  /** Where `/operations` stands below. */
  readonly url: URL;
  readonly key: string | undefined;
}

/** Below `url`, or absolute. Rejects with RefusedError for any answer that is none of success. */
export async function askArchive({ url, key }: ArchiveAddress, method: 'GET' | 'POST' | 'DELETE', path: string): Promise<Response> {
  const target = /^https?:/.test(path) ? path : `${url.href.replace(/\/$/, '')}${path}`;
  const response = await fetch(target, { method, ...(key !== undefined && { headers: { authorization: `Bearer ${key}` } }) }).catch((error: unknown) => {
    const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
    throw new RefusedError(`Nobody answers at ${url.host}${code === undefined ? '' : ` (${code})`}.`, { cause: error });
  });
  if (response.ok) return response;
  throw new RefusedError(`The archive at ${url.host} answered ${response.status}: ${(await response.text()).slice(0, 500) || response.statusText}`);
}
