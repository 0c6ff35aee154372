export const implicitVrLittleEndian = '1.2.840.10008.1.2';
export const explicitVrLittleEndian = '1.2.840.10008.1.2.1';
export const jpeg2000Lossless = '1.2.840.10008.1.2.4.90';
