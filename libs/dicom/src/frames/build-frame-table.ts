import { type ScannedPart10 } from '../scan/scanned-part10.js';
import { encapsulateFrames } from './encapsulate-frames.js';
import { type FrameTable, type ImageLayout, unknownFrames } from './frame-table.js';
import { groupFragments } from './group-fragments.js';
import { layOutNativeFrames } from './lay-out-native-frames.js';

/** MPEG-2, MPEG-4, HEVC: one stream whose frames depend on each other, so all of it counts as one frame (PS3.5 §8.2.5 on). */
const VIDEO = /^1\.2\.840\.10008\.1\.2\.4\.10[0-8](\.1)?$/;

/** Finds every frame of a scanned file from the bytes themselves. Never throws for what a file says, however wrong it is. */
export function buildFrameTable(file: ScannedPart10, image: ImageLayout): FrameTable {
  const { pixelData } = file;
  const { numberOfFrames } = image;
  if (!pixelData) return unknownFrames('The instance has no Pixel Data.');
  if (!Number.isSafeInteger(numberOfFrames) || numberOfFrames < 1) return unknownFrames('Number of Frames (0028,0008) is not a number above 0.');
  if (!pixelData.encapsulated) return layOutNativeFrames(file, pixelData, image);
  const frames = VIDEO.test(file.transferSyntaxUid) ? 1 : numberOfFrames;
  return encapsulateFrames(file, groupFragments(file, frames), frames);
}
