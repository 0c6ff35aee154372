/* What a parameter may be, wherever it is parsed or described. */

/** Longest request target of the Azure conformance page, in characters. */
export const MAX_URI = 8192;

/** The conformance page's rule for UIDs; '.' and '..' alone are none, since a path cannot hold them. */
export const UID = /^(?!\.{1,2}$)[0-9A-Za-z.-]{1,64}$/;

export const PARTITION_NAME = /^[A-Za-z0-9._-]{1,64}$/;

/** Frame numbers from 1, in the order wanted; spaces around them do no harm. */
export const FRAME_LIST = /^ *0*[1-9][0-9]{0,9} *(?:, *0*[1-9][0-9]{0,9} *)*$/;

/** More frames than that fit into no URI of 8,192 characters. */
export const MAX_FRAMES = 4096;

/** Columns and rows to which an image is enlarged at most; larger ones may be shown as large as they are. */
export const MAX_VIEWPORT = 4096;

/** Values in one list of a webhook's filter. */
export const MAX_LISTED = 200;

/** Studies in one bulk update. */
export const MAX_STUDIES = 50;

/** Identifiers in one export. */
export const MAX_IDENTIFIERS = 1_000;

/** Characters of an export's prefix as it is written: S3 takes keys of 1,024 bytes, and what stands behind it has up to 630. */
export const MAX_PREFIX = 380;

/** Characters of the folder that an import names: S3 has keys of 1,024 bytes. */
export const MAX_FOLDER = 1_000;

/** Largest number of an `offset` or a sequence: 15 digits, which JavaScript adds without loss. */
export const MAX_NUMBER = 999_999_999_999_999;
