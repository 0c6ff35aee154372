import type { Logger } from '@isocenter/telemetry';

export interface RenderOptions {
  /** Whether thumbnails are made before anybody asks. */
  readonly warmThumbnails: boolean;
  readonly log: Logger;
}

/** Injection token of the options. */
export const RENDER_OPTIONS = Symbol('RenderOptions');
