/** (0002,0012) of files that this product writes: a UID of a UUID (PS3.5 §B.2), for ever the same. */
export const IMPLEMENTATION_CLASS_UID = '2.25.126342134900710903109866601007262254247';
/** (0002,0013), at most 16 characters; it changes with what is written, not with each release. */
export const IMPLEMENTATION_VERSION_NAME = 'ISOCENTER_1';
