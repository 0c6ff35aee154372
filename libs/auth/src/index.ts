export { type Authenticate, anonymous, authenticateByKey, createAuthenticator } from './authenticate.js';
export { authorize } from './authorize.js';
export { digestKey, newKey } from './key-digest.js';
export { type Keys, type KeysFile, openKeysFile } from './keys-file.js';
export { allPermissions, type ApiKey, KeysFileError, parseKeys } from './parse-keys.js';
