import { json } from '../answers.js';
import { type Descriptions } from '../route-description.js';

export const partitionDescriptions: Descriptions = {
  'GET /partitions': () => ({ id: 'listPartitions', group: 'Partitions', summary: 'List the partitions', answers: { 200: json('All of them; Microsoft.Default is always there.', 'Partitions') }, errors: [] }),
};
