import { FramePool } from '@isocenter/imaging';
import { METADATA_STORE, type MetadataStore } from '@isocenter/metadata-store';
import { OBJECT_STORE, type ObjectStore } from '@isocenter/object-store';
import { ResultCache } from '@isocenter/result-cache';
import { StoredImages, StoredInstances } from '@isocenter/stored-instances';
import { Module, type DynamicModule } from '@nestjs/common';
import { MakePicture } from './make-picture.js';
import { FindDocument } from './render-document/find-document.js';
import { RenderDocument } from './render-document/render-document.js';
import { RENDER_OPTIONS, type RenderOptions } from './render-options.js';
import { RenderFrame } from './render-frame/render-frame.js';
import { RenderFrameController } from './render-frame/render-frame.controller.js';
import { RenderThumbnail } from './render-thumbnail/render-thumbnail.js';
import { RenderThumbnailController } from './render-thumbnail/render-thumbnail.controller.js';
import { WarmThumbnails } from './warm-thumbnails/warm-thumbnails.js';

export interface RenderPorts {
  readonly store: MetadataStore;
  readonly objects: ObjectStore;
  readonly frames: FramePool;
  readonly results: ResultCache;
}

/** The service `render`: pictures of what is stored. It reads, and writes nothing. */
@Module({})
export class RenderingModule {
  static register({ store, objects, frames, results }: RenderPorts, options: RenderOptions): DynamicModule {
    return {
      module: RenderingModule,
      controllers: [RenderFrameController, RenderThumbnailController],
      providers: [
        { provide: METADATA_STORE, useValue: store },
        { provide: OBJECT_STORE, useValue: objects },
        { provide: FramePool, useValue: frames },
        { provide: ResultCache, useValue: results },
        { provide: RENDER_OPTIONS, useValue: options },
        StoredInstances, StoredImages, MakePicture, FindDocument, RenderDocument, RenderFrame, RenderThumbnail, WarmThumbnails,
      ],
    };
  }
}
