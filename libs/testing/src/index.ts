export { dicomElement, dicomFile, dicomText, implicitLittleEndian, explicitLittleEndian, type FileParts } from './dicom-file.js';
export { openPorts, type OpenPorts } from './open-ports.js';
