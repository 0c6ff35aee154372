/** CloudEvents 1.0: the attributes that every event of this service has, and its data as JSON text. */
export interface CloudEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject?: string;
  /** RFC 3339. */
  readonly time: string;
  readonly dataschema: string;
  /** Extension `sequence`: sorts as text. */
  readonly sequence: string;
  /** Extension `partitionkey`: the key of the record. */
  readonly partitionkey: string;
  readonly data: string;
}

const SEQUENCE_DIGITS = 16;

/** A sequence number as the extension wants it: in the order of its text. */
export function sequenceText(sequence: number): string {
  return String(sequence).padStart(SEQUENCE_DIGITS, '0');
}

/** Headers of the binary mode of the Kafka binding: attributes as `ce_`, the media type of the data as it is. */
export function binaryHeaders({ data: _data, ...attributes }: CloudEvent): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': 'application/json', ce_specversion: '1.0' };
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) headers[`ce_${name}`] = value;
  return headers;
}

/** The structured mode: `application/cloudevents+json`. */
export function structuredEvent({ data, ...attributes }: CloudEvent): string {
  return `${JSON.stringify({ specversion: '1.0', ...attributes, datacontenttype: 'application/json' }).slice(0, -1)},"data":${data}}`;
}
