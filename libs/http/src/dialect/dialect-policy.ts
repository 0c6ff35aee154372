import { type FrameForms } from '../negotiate/choose-frames.js';
import { type NameableSyntaxes } from '../negotiate/choose-instances.js';
import { type PictureType } from '../negotiate/choose-picture.js';
import { explicitVrLittleEndian, jpeg2000Lossless } from '../negotiate/transfer-syntax.js';
import { type Dialect } from './dialect.js';

/** Bounds of a `limit` parameter, and what happens to one above `max`. */
export interface LimitPolicy {
  readonly standard: number;
  readonly max: number;
  readonly above: 'refuse' | 'cap';
}

/** What differs between dialects. Services read it where they would otherwise ask for the dialect. */
export interface DialectPolicy {
  readonly dialect: Dialect;
  /** Value of the `api-supported-versions` response header, where there is one. */
  readonly supportedVersions?: string;
  /** Status while the object store is away; anything else away is 503. */
  readonly objectStoreAway: 424 | 503;
  readonly store: {
    /** `explicit-only`: an Implicit VR instance fails with 43264. */
    readonly transferSyntaxes: 'explicit-only' | 'all';
    /** An instance that is stored already, byte for byte the same. */
    readonly sameBytesAgain: 'fail-45070' | 'ok';
    /** An invalid searchable attribute fails the instance, or is left out of metadata with a warning. Required ones always fail. */
    readonly invalidSearchable: 'fail' | 'warn';
    /** PatientID: with a value, present (null gives a warning), or optional. */
    readonly patientId: 'value' | 'present' | 'optional';
    /** Whether items of ReferencedSOPSequence have a FailedAttributesSequence even when it is empty. */
    readonly failedAttributesAlways: boolean;
    /** Whether items of ReferencedSOPSequence carry the SHA-256 of what is kept. */
    readonly receipt: boolean;
    /** Bytes of one request; undefined where MAX_UPLOAD_BYTES decides. */
    readonly maxBytes?: number;
  };
  readonly search: {
    /** When nothing is found, or nothing is left behind the offset. */
    readonly emptyAnswer: 204 | '[]';
    readonly limit: LimitPolicy;
    /**
     * Matching of PS3.4 C.2.2.2: `*` and `?`, an empty value as universal match, lists of any UIDs and of modalities, study
     * and series attributes on every path. Otherwise as the conformance page says.
     */
    readonly standardMatching: boolean;
    /** Query attributes that are not searchable: 400, or passed over with a warning (PS3.18 section 8.3.4.4). */
    readonly unknownAttribute: 'refuse' | 'ignore';
    /** Which attributes are returned without `includefield`; `standard` are those of PS3.18 with counts, RetrieveURL and their kin. */
    readonly attributes: 'azure-v1' | 'azure-v2' | 'standard';
  };
  readonly retrieve: {
    /** `web` adds bulk data references and values that are invalid but can be parsed. */
    readonly metadataView: 'azure' | 'web';
    readonly transferSyntaxes: NameableSyntaxes;
    readonly frameForms: FrameForms;
    /** Whether `msdicom-request-original: true` asks for the first version. */
    readonly requestOriginal: boolean;
  };
  readonly render: {
    /** First the one that is taken when the client does not care. */
    readonly pictures: readonly PictureType[];
    /** Of JPEG, where the client names none. */
    readonly quality: number;
    /** Whether documents and videos are answered, in their own media types. */
    readonly documents: boolean;
    /** Whether `viewport`, `window` and their kin are known (PS3.18 section 8.3.5.1). */
    readonly standardParameters: boolean;
  };
  readonly changeFeed: {
    /** `sequence`: offset is an exclusive starting sequence and limit a span; `time`: offset skips rows of a time window. */
    readonly paging: 'sequence' | 'time';
    readonly limit: LimitPolicy;
  };
  readonly operations: {
    /** What the status of one that succeeded is called. */
    readonly succeeded: 'succeeded' | 'completed';
  };
}

const GiB = 1024 ** 3;

/** The tables of the conformance page: what instances and frames may be asked in. */
const azureRetrieve: Pick<DialectPolicy['retrieve'], 'metadataView' | 'transferSyntaxes' | 'frameForms'> = {
  metadataView: 'azure',
  transferSyntaxes: new Set(['*', explicitVrLittleEndian, jpeg2000Lossless]),
  frameForms: new Map([
    ['application/octet-stream', [explicitVrLittleEndian, '*']],
    ['image/jp2', [jpeg2000Lossless]],
  ]),
};

const azureV2: DialectPolicy = {
  dialect: 'azure-v2',
  supportedVersions: '1, 2',
  objectStoreAway: 424,
  store: {
    transferSyntaxes: 'explicit-only', sameBytesAgain: 'fail-45070', invalidSearchable: 'warn', patientId: 'present', failedAttributesAlways: true, receipt: false, maxBytes: 4 * GiB,
  },
  search: {
    emptyAnswer: 204, limit: { standard: 100, max: 200, above: 'refuse' }, standardMatching: false, unknownAttribute: 'refuse', attributes: 'azure-v2',
  },
  retrieve: { ...azureRetrieve, requestOriginal: true },
  render: { pictures: ['image/jpeg', 'image/png'], quality: 100, documents: false, standardParameters: false },
  changeFeed: { paging: 'time', limit: { standard: 100, max: 200, above: 'refuse' } },
  operations: { succeeded: 'succeeded' },
};

const azureV1: DialectPolicy = {
  ...azureV2,
  dialect: 'azure-v1',
  store: { ...azureV2.store, invalidSearchable: 'fail', patientId: 'value', failedAttributesAlways: false },
  search: { ...azureV2.search, attributes: 'azure-v1' },
  retrieve: { ...azureRetrieve, requestOriginal: false },
  changeFeed: { paging: 'sequence', limit: { standard: 10, max: 100, above: 'refuse' } },
  operations: { succeeded: 'completed' },
};

const dicomWeb: DialectPolicy = {
  dialect: 'dicom-web',
  objectStoreAway: 503,
  store: { transferSyntaxes: 'all', sameBytesAgain: 'ok', invalidSearchable: 'warn', patientId: 'optional', failedAttributesAlways: false, receipt: true },
  search: {
    emptyAnswer: '[]', limit: { standard: 1000, max: 5000, above: 'cap' }, standardMatching: true, unknownAttribute: 'ignore', attributes: 'standard',
  },
  retrieve: { metadataView: 'web', transferSyntaxes: 'any', frameForms: 'standard', requestOriginal: false },
  render: { pictures: ['image/jpeg', 'image/png', 'image/gif', 'image/webp'], quality: 90, documents: true, standardParameters: true },
  changeFeed: azureV2.changeFeed,
  operations: azureV2.operations,
};

/** The policies by dialect. */
export const dialectPolicies: Readonly<Record<Dialect, DialectPolicy>> = { 'azure-v1': azureV1, 'azure-v2': azureV2, 'dicom-web': dicomWeb };
