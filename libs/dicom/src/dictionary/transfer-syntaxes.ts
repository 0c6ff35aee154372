/**
 * Transfer syntaxes of the standard are all below this root (PS3.6 table A-1); new ones keep coming and all are encoded as
 * explicit VR little endian but for the few that the scanner knows. The retired Papyrus 3, 1.2.840.10008.1.20, is the one
 * beside it. Under any other root a file's encoding is unknown.
 */
const STANDARD = /^1\.2\.840\.10008\.1\.(2(\.\d+)*|20)$/;

export function isStandardTransferSyntax(uid: string): boolean {
  return STANDARD.test(uid);
}
