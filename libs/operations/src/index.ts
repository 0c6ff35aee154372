export { backOff } from './back-off.js';
export { newOperation, operationHref, startOperation, type OperationAsked } from './start-operation.js';
export { OperationFailedError } from './operation-failed-error.js';
export type { Operation, OperationHandler, StepOutcome } from './operation-handler.js';
export { StepPage, type StepPageOptions } from './step-page.js';
export { unlessAborted } from './unless-aborted.js';
export { OperationRunner, type OperationRunnerOptions } from './operation-runner.js';
