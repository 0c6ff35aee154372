import type { Write } from '@isocenter/metadata-store';
import { encodeDecision, type Decision } from './decision.js';

/** The first decision of a command stays (DESIGN §3.4). */
export function insertDecision(commandId: string, decision: Decision): Write {
  return { op: 'insert', table: 'decisions', row: { commandId, decision: encodeDecision(decision), decidedAt: Date.now() } };
}
