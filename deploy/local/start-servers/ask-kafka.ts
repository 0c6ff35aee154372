import { exchange } from './exchange.js';

const metadata = 3;
const version = 1;
const correlation = 1;

/**
 * How many brokers of the cluster take requests now: the Metadata request, version 1, for no topic.
 * Request: size, api key, version, correlation id, client id (-1: none), number of topics. Answer: size, correlation id, number of brokers, …
 */
export async function countBrokers(port: number): Promise<number> {
  const request = Buffer.alloc(18);
  request.writeInt32BE(14, 0);
  request.writeInt16BE(metadata, 4);
  request.writeInt16BE(version, 6);
  request.writeInt32BE(correlation, 8);
  request.writeInt16BE(-1, 12);
  request.writeInt32BE(0, 14);
  const answer = await exchange(port, request, (size) => size.readInt32BE(0) + 4);
  return answer.readInt32BE(8);
}
