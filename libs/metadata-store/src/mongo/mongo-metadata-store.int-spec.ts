import { MongoUnderTest } from '../../test/mongo-under-test.js';
import { describeMetadataStore } from '../metadata-store.contract.js';

describeMetadataStore('MongoDB', async () => {
  const mongo = new MongoUnderTest();
  return { store: await mongo.open(), close: () => mongo.close() };
});
