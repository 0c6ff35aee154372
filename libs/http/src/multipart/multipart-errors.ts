import { BadRequest, PayloadTooLarge } from '../errors/http-errors.js';

/** The body does not follow the grammar of RFC 2046 section 5.1. */
export class MalformedMultipart extends BadRequest {}

/** The body ended before its closing delimiter. */
export class TruncatedMultipart extends MalformedMultipart {
  constructor(partIndex: number) {
    super(`The multipart body ends inside of part ${partIndex + 1}: its closing boundary is missing.`);
  }
}

export class PartHeaderTooLarge extends MalformedMultipart {
  constructor(partIndex: number, limit: number) {
    super(`The header of part ${partIndex + 1} is larger than ${limit} bytes.`);
  }
}

export class TooManyParts extends PayloadTooLarge {
  constructor(limit: number) {
    super(`The multipart body has more than ${limit} parts.`);
  }
}

export class BodyTooLarge extends PayloadTooLarge {
  constructor(limit: number) {
    super(`The body is larger than ${limit} bytes.`);
  }
}
