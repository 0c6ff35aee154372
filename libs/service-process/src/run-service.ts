import type { App } from '@isocenter/config';
import { PartitionCountError } from '@isocenter/event-log';
import type { Service } from '@isocenter/http';
import { MetadataStoreSetupError } from '@isocenter/metadata-store';
import { ObjectStoreSettingsError } from '@isocenter/object-store';
import { runMigration } from './run-migration.js';
import { runProcess } from './run-process.js';
import type { PortName, ServiceDefinition } from './service-definition.js';
import { startService } from './start-service.js';

const MENDABLE = [PartitionCountError, MetadataStoreSetupError, ObjectStoreSettingsError];

/** `main` of a service; with the word `migrate` only what prepares its servers. */
export function runService<A extends Service & App, P extends PortName>(definition: ServiceDefinition<A, P>): Promise<void> {
  if (process.argv[2] === 'migrate') return runMigration(definition, MENDABLE);
  return runProcess({ app: definition.name, start: (settings) => startService(definition, settings), expected: MENDABLE });
}
