import { type DialectPolicy } from '../dialect/dialect-policy.js';
import { type Route } from '../routes.js';
import { bulkUpdateDescriptions } from './descriptions/bulk-update.js';
import { changeFeedDescriptions } from './descriptions/change-feed.js';
import { checkDescriptions } from './descriptions/check.js';
import { deleteDescriptions } from './descriptions/delete.js';
import { exportDescriptions } from './descriptions/export.js';
import { importDescriptions } from './descriptions/import.js';
import { operationDescriptions } from './descriptions/operations.js';
import { rebuildDescriptions } from './descriptions/rebuild.js';
import { partitionDescriptions } from './descriptions/partitions.js';
import { queryTagDescriptions } from './descriptions/query-tags.js';
import { renderDescriptions } from './descriptions/render.js';
import { retrieveDescriptions } from './descriptions/retrieve.js';
import { searchDescriptions } from './descriptions/search.js';
import { storeDescriptions } from './descriptions/store.js';
import { webhookDescriptions } from './descriptions/webhooks.js';
import { type Descriptions, type RouteDescription } from './route-description.js';

/** Every route of the table has one here: a new one goes into the file of its transaction in `descriptions/`. */
export const descriptions: Descriptions = {
  ...storeDescriptions, ...searchDescriptions, ...retrieveDescriptions, ...renderDescriptions, ...deleteDescriptions, ...changeFeedDescriptions, ...webhookDescriptions,
  ...checkDescriptions, ...rebuildDescriptions,
  ...bulkUpdateDescriptions, ...exportDescriptions, ...importDescriptions, ...queryTagDescriptions, ...operationDescriptions, ...partitionDescriptions,
};

export const keyOfRoute = ({ method, path }: Pick<Route, 'method' | 'path'>): string => `${method} ${path}`;

/** Undefined where nobody has described the route; a test says so. */
export const describeRoute = (route: Route, policy: DialectPolicy): RouteDescription | undefined => descriptions[keyOfRoute(route)]?.(policy);
