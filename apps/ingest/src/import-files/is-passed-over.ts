/** What systems and media leave beside images: hidden files and folders, tables of contents, thumbnails. */
const BESIDE = new Set(['dicomdir', 'thumbs.db', 'desktop.ini', '__macosx']);

/** Whether a file or folder of this name, without what stands before it, is no image and says so by its name. */
export function isPassedOver(name: string): boolean {
  return name === '' || name.startsWith('.') || BESIDE.has(name.toLowerCase());
}
