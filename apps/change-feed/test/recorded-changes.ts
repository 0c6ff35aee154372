import type { NumberedChange } from '@isocenter/metadata-store';
import { changeEvent } from '../src/change-event/change-event.js';
import { binaryHeaders, structuredEvent } from '../src/change-event/cloud-event.js';
import { watermarkEvent } from '../src/publish-changes/watermark-event.js';
import { changeLine, partitionLine } from '@isocenter/journal';

const HOST = 'archive.example.org';

/** What becomes of a change: an event of the public topic, the same one for webhooks, and a line of the journal. */
export interface RecordedChange {
  readonly change: NumberedChange;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly data: unknown;
  readonly structured: unknown;
  readonly line: unknown;
}

export function recordChange(change: NumberedChange): RecordedChange {
  const event = changeEvent(change, HOST);
  return { change, key: event.partitionkey, headers: binaryHeaders(event), data: JSON.parse(event.data), structured: JSON.parse(structuredEvent(event)), line: JSON.parse(changeLine(change)) };
}

/** What the topic and the journal hold beside changes. */
export function recordOthers(): object {
  const watermark = watermarkEvent(5, 3, '/watermark/9', HOST, new Date('2026-01-02T03:04:06Z'));
  return {
    watermark: { key: watermark.partitionkey, headers: binaryHeaders(watermark), data: JSON.parse(watermark.data) as unknown },
    partition: JSON.parse(partitionLine({ key: 7, name: 'ward-7', createdAt: '2026-01-02T03:04:05.678Z' })) as unknown,
  };
}
