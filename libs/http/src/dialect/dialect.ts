/** What a client speaks, by the root of its path: `/v1`, `/v2`, `/dicom-web`. */
export type Dialect = 'azure-v1' | 'azure-v2' | 'dicom-web';
