// Requests: what the gateway hands to a service
export { externalBaseUrl, type Connection } from './base-url.js';
export { contextHeader, type Principal, readContext, type RequestContext, secretHeader, stripContext, writeContext } from './context.js';
export { type Dialect } from './dialect/dialect.js';
export { dialectPolicies, type DialectPolicy, type LimitPolicy } from './dialect/dialect-policy.js';
export { createMatcher, matchRoute, type RouteMatch } from './match-route.js';
export { type Method, type Permission, type Route, routes, type Service } from './routes.js';

// Errors and their answers
export { answerClientError } from './errors/answer-client-error.js';
export { answerError, describeAnswer } from './errors/answer-error.js';
export { answerRaw } from './errors/answer-raw.js';
export { answerRouterError } from './errors/answer-router-error.js';
export { discardBody } from './errors/discard-body.js';
export { ErrorFilter } from './errors/error.filter.js';
export {
  BadGateway, BadRequest, Conflict, FailedDependency, Forbidden, Gone, HeaderFieldsTooLarge, InternalError, MethodNotAllowed, NotAcceptable,
  NotFound, NotImplemented, PayloadTooLarge, PreconditionFailed, RangeNotSatisfiable, RequestTimeout, ServiceUnavailable, TooManyRequests,
  Unauthorized, UnsupportedMediaType, UriTooLong,
} from './errors/http-errors.js';
export { IsocenterError } from './errors/isocenter-error.js';
export { wrapError } from './errors/wrap-error.js';

// The application of a service
export { createServiceApp, type ServiceApp, type ServiceAppOptions } from './service-app/create-service-app.js';
export { CurrentContext } from './service-app/current-context.js';

// Bodies
export { continueWhenRead } from './continue-when-read.js';
export { jsonBodyOf } from './json-body.js';
export { type ContentType, parseContentType, requireBoundary } from './content-type.js';
export { BodyTooLarge, MalformedMultipart, PartHeaderTooLarge, TooManyParts, TruncatedMultipart } from './multipart/multipart-errors.js';
export { type Part, readParts, type ReadPartsOptions } from './multipart/read-parts.js';
export { createMultipartWriter, type MultipartWriter } from './multipart/write-parts.js';

// Which form of a resource a client takes
export { type Acceptable, type CanTranscode, type Match, type Selection } from './negotiate/acceptable.js';
export { chooseBulkData } from './negotiate/choose-bulk-data.js';
export { chooseFrames, type FrameForms, matchFrames } from './negotiate/choose-frames.js';
export { chooseInstances, type InstancesOf, matchInstance, type NameableSyntaxes } from './negotiate/choose-instances.js';
export { chooseDicomJson, dicomJson } from './negotiate/choose-json.js';
export { documentTypeOf, documentTypes } from './negotiate/document-types.js';
export { type FrameMediaType, frameMediaTypeNamed, frameMediaTypeOf, frameMediaTypes, octetStream } from './negotiate/frame-media-types.js';
export { type MediaType, parameterOf, parseMediaType } from './negotiate/media-type.js';
export { choosePicture, type PictureType } from './negotiate/choose-picture.js';
export { acceptOf } from './negotiate/accept-of.js';
export { chooseCompressor, type Compressor } from './negotiate/choose-compressor.js';
export { type AcceptRange, parseAccept } from './negotiate/parse-accept.js';
export { takesType } from './negotiate/takes-type.js';

// Bodies of answers
export { leftSignal } from './left-signal.js';
export { LENT_FROM, sendBuffers, sendParts } from './send-parts.js';

// Headers
export { allowCrossOrigin, answerOptions } from './cors.js';
export { answerNotModified } from './answer-not-modified.js';
export { matchesETag, strongETag } from './etag.js';
export { type ByteRange, parseRange, rangeHeaders } from './range.js';
export { FRAME_LIST, MAX_FOLDER, MAX_FRAMES, MAX_IDENTIFIERS, MAX_LISTED, MAX_NUMBER, MAX_PREFIX, MAX_STUDIES, MAX_URI, MAX_VIEWPORT, PARTITION_NAME, UID } from './bounds.js';
export { isUid, requireUids } from './uids.js';
export { requirePartition } from './require-partition.js';
export { sendChangingJson } from './send-changing-json.js';
export { sendStarted } from './send-started.js';
export { sendDicomJson } from './send-dicom-json.js';
export { marksOf, metadataView, type StoredMetadata } from './metadata-view.js';
export { pathOf, queryOf } from './request-target.js';
export { queryParameters, wholeNumberOf } from './query-parameters.js';

// The OpenAPI document of a dialect
export { type ApiDocument, makeApiDocument, type Operation } from './api-document/make-document.js';
export { writeYaml } from './api-document/write-yaml.js';
