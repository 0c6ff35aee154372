import { UID } from './bounds.js';
import { BadRequest } from './errors/http-errors.js';

/** Whether it may stand in a path (`UID` of `bounds.ts`). */
export function isUid(text: string): boolean {
  return UID.test(text);
}

/** Checks the UIDs of a path; those that the path does not have are undefined. Throws BadRequest that names the first wrong one. */
export function requireUids(uids: Readonly<Record<string, string | undefined>>): void {
  for (const [name, uid] of Object.entries(uids)) {
    if (uid !== undefined && !isUid(uid)) throw new BadRequest(`The ${name} of the path is '${uid.slice(0, 80)}', which is no UID; a UID has 1 to 64 letters, digits, '.' or '-'.`);
  }
}
