import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runStep } from '../get-servers/run-step.js';
import { countBrokers } from './ask-kafka.js';
import { Server } from './server.js';

export interface KafkaPlace {
  /** Folder with Kafka's jars. */
  readonly jars: string;
  readonly folder: string;
  readonly port: number;
  readonly controllerPort: number;
  /** Where clients are told to find it. */
  readonly toldPort: number;
}

/** One node, broker and controller; topics are created by who needs them, never on the way. */
const properties = ({ folder, port, controllerPort, toldPort }: KafkaPlace): Record<string, string | number> => ({
  'process.roles': 'broker,controller',
  'node.id': 1,
  'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
  'listeners': `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
  'advertised.listeners': `PLAINTEXT://127.0.0.1:${toldPort}`,
  'controller.listener.names': 'CONTROLLER',
  'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
  'log.dirs': join(folder, 'log'),
  // A broker that was killed may come back only when its former session is over: 9 s by default.
  'broker.session.timeout.ms': 3_000,
  'broker.heartbeat.interval.ms': 500,
  'auto.create.topics.enable': 'false',
  'offsets.topic.num.partitions': 4,
  'offsets.topic.replication.factor': 1,
  'transaction.state.log.num.partitions': 4,
  'transaction.state.log.replication.factor': 1,
  'transaction.state.log.min.isr': 1,
  'share.coordinator.state.topic.num.partitions': 1,
  'share.coordinator.state.topic.replication.factor': 1,
  'share.coordinator.state.topic.min.isr': 1,
  'group.initial.rebalance.delay.ms': 0,
});

const logging = `status = warn
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d{ISO8601} %p %m (%c)%n
rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
logger.kafka.name = kafka
logger.kafka.level = info
logger.apache.name = org.apache.kafka
logger.apache.level = warn
`;

/** Apache Kafka without ZooKeeper; its folder is formatted the first time. */
export async function startKafka(place: KafkaPlace): Promise<Server> {
  const { jars, folder, port } = place;
  const file = join(folder, 'server.properties');
  const logFile = join(folder, 'kafka.log');
  await writeFile(file, Object.entries(properties(place)).map(([name, value]) => `${name}=${value}\n`).join(''));
  await writeFile(join(folder, 'log4j2.properties'), logging);
  const java = ['-Xms256m', '-Xmx512m', '-XX:+ExitOnOutOfMemoryError', `-Dlog4j2.configurationFile=${join(folder, 'log4j2.properties')}`, '-cp', join(jars, '*')];
  if (!existsSync(join(folder, 'log', 'meta.properties'))) {
    await runStep({
      name: 'Kafka: format its folder', command: 'java', args: [...java, 'kafka.tools.StorageTool', 'format', '--cluster-id', 'isocenter-local-stack', '--config', file],
      remedy: 'Kafka needs Java 17 or newer (Debian: apt-get install openjdk-17-jre-headless) and a data folder that it may write to.',
    });
  }
  return Server.start({
    name: 'kafka', address: `127.0.0.1:${port}`, port, command: 'java', args: [...java, 'kafka.Kafka', file], cwd: folder, logFile,
    isReady: async () => (await countBrokers(port)) === 1,
  });
}
