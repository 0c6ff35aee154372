import type { App } from '@isocenter/config';
import { PartitionCountError } from '@isocenter/event-log';
import type { Service } from '@isocenter/http';
import { MetadataStoreSetupError } from '@isocenter/metadata-store';
import { ObjectStoreSettingsError } from '@isocenter/object-store';
import { runProcess } from './run-process.js';
import type { PortName, ServiceDefinition } from './service-definition.js';
import { startService } from './start-service.js';

/** `main` of a service. */
export function runService<A extends Service & App, P extends PortName>(definition: ServiceDefinition<A, P>): Promise<void> {
  return runProcess({ app: definition.name, start: (settings) => startService(definition, settings), expected: [PartitionCountError, MetadataStoreSetupError, ObjectStoreSettingsError] });
}
