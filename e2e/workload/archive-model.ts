import { createHash } from 'node:crypto';
import { ctInstance, type Identity } from '../support/synthetic-instance.js';
import { uidOf } from '../support/uid.js';

/** One set of bytes that was sent for an instance. */
export interface Version {
  /** In them as InstanceNumber, so that metadata and bytes can be told to agree. */
  readonly number: number;
  readonly bytes: Buffer;
  readonly sha256: string;
}

export type Action = 'create' | 'update' | 'delete';

/** A change that was asked for and whose answer never came. */
export interface Unsure {
  readonly action: Action;
  readonly version: Version | undefined;
}

/** One instance and what the client knows of it. Only one client at a time works on it. */
export interface Slot {
  readonly identity: Identity;
  /** What an acknowledged change left; undefined when it is not there. */
  current: Version | undefined;
  /** What a bulk update began with; it is kept beside what it became. */
  original: Version | undefined;
  unsure: Unsure | undefined;
  /** Every change that was accepted, in order: the feed has exactly these. */
  readonly actions: Action[];
  changedSinceCheck: boolean;
}

export interface Study {
  readonly uid: string;
  readonly slots: Slot[];
  /** Deleted as a whole, or a series of it, by its only client now and then. */
  readonly isPrivate: boolean;
  /** A delete whose answer never came. */
  unsureDelete: Slot[] | undefined;
}

let versions = 0;

/** A version of an instance, of `side` by `side` pixels; a new one unless it has a number. */
export const versionOf = (identity: Identity, side: number, number = ++versions): Version => {
  const bytes = Buffer.concat(ctInstance({ ...identity, instanceNumber: number }, side, side));
  return { number, bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
};

export const newSlot = (study: string, name: string | number, series = 'series'): Slot => ({
  identity: { studyInstanceUid: study, seriesInstanceUid: uidOf(study, series), sopInstanceUid: uidOf(study, 'instance', name), patientId: `KILL-${study.slice(-8)}` },
  current: undefined, original: undefined, unsure: undefined, actions: [], changedSinceCheck: false,
});

/** A private study has two series. */
export const newStudy = (seed: number, name: string, slots: number, isPrivate: boolean): Study => {
  const uid = uidOf('kill', seed, name);
  return { uid, isPrivate, unsureDelete: undefined, slots: Array.from({ length: slots }, (_, at) => newSlot(uid, at, isPrivate && at % 2 === 1 ? 'other series' : undefined)) };
};

export const acknowledge = (slot: Slot, action: Action, version: Version | undefined): void => {
  slot.current = version;
  slot.actions.push(action);
  slot.changedSinceCheck = true;
};

export const leaveUnsure = (slot: Slot, action: Action, version: Version | undefined): void => {
  slot.unsure = { action, version };
  slot.changedSinceCheck = true;
};
