export type PictureFormat = 'jpeg' | 'png' | 'gif' | 'webp';
