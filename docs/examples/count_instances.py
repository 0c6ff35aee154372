#!/usr/bin/env python3
"""Counts the instances of an archive by modality, exactly, whatever dies and however often it is started.

    pip install confluent-kafka
    python3 count_instances.py --brokers localhost:9092 --database counts.db

The counts and how far they have got are one SQLite transaction. For each topic partition that is the next offset and the
greatest sequence that was applied: a change whose sequence is not greater is a double and is dropped.

With --journal http://localhost:8080/v2/changefeed/journal a first start takes the archive as it is now from the journal
instead of reading the topic from its beginning; the key, if it needs one, is API_KEY of the environment. --until N ends when all changes up to N were applied.
"""
import argparse
import json
import os
import sqlite3
import urllib.request

from confluent_kafka import Consumer, KafkaException, TopicPartition

WATERMARK = b"isocenter.watermark.v1"


def arguments():
    parser = argparse.ArgumentParser(description="Exact counts of instances by modality, from the change feed.")
    parser.add_argument("--brokers", required=True, help="host:port,host:port")
    parser.add_argument("--topic", default="isocenter.change-feed.v1", help="with the prefix of the archive, if it has one")
    parser.add_argument("--database", required=True, help="SQLite file; made when it does not exist")
    parser.add_argument("--journal", help="URL of the journal, for a first start")
    parser.add_argument("--until", type=int, help="end when every change up to this sequence was applied")
    return parser.parse_args()


def open_database(path):
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("CREATE TABLE IF NOT EXISTS progress (partition INTEGER PRIMARY KEY, next INTEGER NOT NULL, sequence INTEGER NOT NULL, complete INTEGER NOT NULL)")
    database.execute("CREATE TABLE IF NOT EXISTS counts (modality TEXT PRIMARY KEY, instances INTEGER NOT NULL)")
    return database


def apply(database, change):
    """A change as the topic or the journal has it: a create that replaces a version adds no instance."""
    if change["action"] == "update" or (change["action"] == "create" and "replaces" in change):
        return
    database.execute(
        "INSERT INTO counts VALUES (?, ?) ON CONFLICT DO UPDATE SET instances = instances + excluded.instances",
        (change.get("modality", ""), 1 if change["action"] == "create" else -1))


def start(database, consumer, partitions, options):
    """Where each partition begins: at its beginning, or at its end with all that is before from the journal."""
    offsets = {partition: 0 for partition in partitions}
    last = 0
    database.execute("BEGIN")
    if options.journal:
        # First the ends of the topic, then the journal: so the journal has all that is before them.
        offsets = {partition: consumer.get_watermark_offsets(TopicPartition(options.topic, partition))[1] for partition in partitions}
        for record in read_journal(options.journal):
            if record["kind"] == "change":
                apply(database, record)
                last = record["sequence"]
    database.executemany("INSERT INTO progress VALUES (?, ?, ?, ?)", [(partition, offset, last, last) for partition, offset in offsets.items()])
    database.execute("COMMIT")


def read_journal(url):
    request = urllib.request.Request(url)
    if "API_KEY" in os.environ:
        request.add_header("Authorization", f"Bearer {os.environ['API_KEY']}")
    with urllib.request.urlopen(request) as lines:
        yield from map(json.loads, lines)


def consume(database, consumer, options):
    while options.until is None or database.execute("SELECT MIN(complete) FROM progress").fetchone()[0] < options.until:
        messages = consumer.consume(num_messages=500, timeout=1.0)
        database.execute("BEGIN")
        for message in messages:
            if message.error():
                raise KafkaException(message.error())
            headers = dict(message.headers())
            sequence = int(headers["ce_sequence"])
            partition = message.partition()
            (applied,) = database.execute("SELECT sequence FROM progress WHERE partition = ?", (partition,)).fetchone()
            if headers["ce_type"] == WATERMARK:
                database.execute("UPDATE progress SET complete = MAX(complete, ?) WHERE partition = ?", (sequence, partition))
            elif sequence > applied:
                apply(database, json.loads(message.value()))
                database.execute("UPDATE progress SET sequence = ? WHERE partition = ?", (sequence, partition))
            database.execute("UPDATE progress SET next = ? WHERE partition = ?", (message.offset() + 1, partition))
        database.execute("COMMIT")


def main():
    options = arguments()
    database = open_database(options.database)
    # Progress is in the database, so no group keeps it; the client demands a name all the same.
    consumer = Consumer({"bootstrap.servers": options.brokers, "group.id": f"count-instances-{os.getpid()}", "enable.auto.commit": False, "auto.offset.reset": "error"})
    partitions = sorted(consumer.list_topics(options.topic, timeout=30).topics[options.topic].partitions)
    if database.execute("SELECT COUNT(*) FROM progress").fetchone()[0] == 0:
        start(database, consumer, partitions, options)
    consumer.assign([TopicPartition(options.topic, partition, offset) for partition, offset in database.execute("SELECT partition, next FROM progress")])
    consume(database, consumer, options)
    consumer.close()
    for modality, instances in database.execute("SELECT modality, instances FROM counts WHERE instances <> 0 ORDER BY modality"):
        print(f"{modality or '(none)'}\t{instances}")


if __name__ == "__main__":
    main()
