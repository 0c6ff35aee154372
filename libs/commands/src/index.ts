export { commandHeaders, commandKey, CommandSender } from './command-sender.js';
export { decodeDecision, decodeOutcomes, encodeDecision, encodeOutcomes, type Decision, type LevelDifference } from './decision.js';
export { bringsVersion, decodeCommand, encodeCommand, type CheckStudy, type Command, type DeleteInstances, type LevelAttributes, type OriginalVersion, type RefreshLevels, type ReindexInstances, type RestoreInstance, type StoreInstance, type StoreInstanceBody, type TagValue, type UpdateInstance } from './messages.js';
export { OnInstanceOutcomes, outcomesTopic } from './on-instance-outcomes.js';
export { uuidv7 } from './uuidv7.js';
export { UnreadableCommandError } from './unreadable-command-error.js';
export { insertDecision } from './insert-decision.js';
export type { RemoveObjectsWork } from './remove-objects-work.js';
export { cursorName, disturbWriters, WriterNotDisturbedError } from './writer-rows.js';
