const explicitBigEndian = '1.2.840.10008.1.2.2';
const implicit: ReadonlySet<string> = new Set(['1.2.840.10008.1.2', '1.2.840.10008.1.20']);
const native: ReadonlySet<string> = new Set([...implicit, '1.2.840.10008.1.2.1', '1.2.840.10008.1.2.1.99', explicitBigEndian]);

export const deflated = '1.2.840.10008.1.2.1.99';
export const isImplicit = (uid: string): boolean => implicit.has(uid);
export const isNative = (uid: string): boolean => native.has(uid);
export const isBigEndian = (uid: string): boolean => uid === explicitBigEndian;
