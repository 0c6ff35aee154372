import { KafkaUnderTest } from '../../test/kafka-under-test.js';
import { CONTRACT_TOPICS, describeEventLog } from '../event-log.contract.js';

describeEventLog('Kafka', async () => {
  const kafka = new KafkaUnderTest(Object.values(CONTRACT_TOPICS));
  return { log: await kafka.open(), close: () => kafka.close() };
});
