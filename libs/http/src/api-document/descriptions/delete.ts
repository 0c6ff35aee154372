import { empty } from '../answers.js';
import { type Describe, type Descriptions } from '../route-description.js';

const remove = (id: string, what: string): Describe => () => ({
  id, group: 'Delete', summary: `Delete ${what}`,
  description: 'Accept, Content-Type and body are not looked at.',
  answers: { 204: empty('All of it is deleted.') },
  errors: [404],
});

export const deleteDescriptions: Descriptions = {
  'DELETE /studies/:study': remove('deleteStudy', 'a study'),
  'DELETE /studies/:study/series/:series': remove('deleteSeries', 'a series'),
  'DELETE /studies/:study/series/:series/instances/:instance': remove('deleteInstance', 'an instance'),
};
