import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkSha256 } from './check-sha256.js';
import { getOnce } from './get-once.js';
import { kafkaJars } from './kafka-jars.js';
import { runStep, say, StepFailed } from './run-step.js';

const version = '4.1.0';

/** The broker, its tools, and the binding by which it logs; mvn finds what they depend on. */
const artifacts = [
  ['org.apache.kafka', 'kafka_2.13', version],
  ['org.apache.kafka', 'kafka-tools', version],
  ['org.apache.logging.log4j', 'log4j-slf4j-impl', '2.24.3'],
];

const pom = `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>isocenter</groupId><artifactId>kafka</artifactId><version>${version}</version><packaging>pom</packaging>
  <dependencies>
${artifacts.map(([group, artifact, of]) => `    <dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${of}</version></dependency>`).join('\n')}
  </dependencies>
</project>
`;

/** The folder of Kafka's jars (54 MB, Maven), for `java -cp '<folder>/*'`. */
export const getKafka = (): Promise<string> => getOnce(`kafka-${version}`, async (folder) => {
  await writeFile(join(folder, 'pom.xml'), pom);
  await mkdir(join(folder, 'lib'));
  await runStep({
    name: `Kafka ${version}: fetch its jars (54 MB)`,
    command: 'mvn', args: ['--batch-mode', '--no-transfer-progress', 'dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${join(folder, 'lib')}`], cwd: folder,
    remedy: 'Install Maven 3.8 or newer and a Java runtime, 17 or newer (Debian: apt-get install maven openjdk-17-jre-headless), and see that mvn reaches a repository.',
  });
  say(`Kafka ${version}: compare checksums`);
  const found = new Set(await readdir(join(folder, 'lib')));
  const expected = Object.keys(kafkaJars);
  const odd = [...expected.filter((jar) => !found.has(jar)).map((jar) => `${jar} is missing`), ...[...found].filter((jar) => !(jar in kafkaJars)).map((jar) => `${jar} is not expected`)];
  if (odd.length > 0) throw new StepFailed(`Kafka ${version}: mvn resolved other jars than those in kafka-jars.ts: ${odd.join(', ')}.`);
  for (const jar of expected) await checkSha256(join(folder, 'lib', jar), kafkaJars[jar] as string);
}).then((folder) => join(folder, 'lib'));
