// Sends the vectors of a Flat index with one of Qdrant's official JavaScript clients: batches of 256, 4 at once, vectors in memory before the clock starts.
// node peer.mjs CLIENTS grpc|rest URL INDEX COUNT DIMENSION; prints {"seconds":…,"cpu":…}.
import { createRequire } from "node:module";
import { closeSync, openSync, readSync } from "node:fs";
import { randomUUID } from "node:crypto";

const [clients, way, url, index, countText, dimensionText] = process.argv.slice(2);
const count = Number(countText), dimension = Number(dimensionText), batchSize = 256, parallel = 4, headBytes = 45;
const require = createRequire(`${clients}/`);
const floats = new Float32Array(count * dimension);
const file = openSync(index, "r");
readSync(file, new Uint8Array(floats.buffer), 0, floats.byteLength, headBytes);
closeSync(file);
const vectors = Array.from({ length: count }, (_, row) => Array.from(floats.subarray(row * dimension, (row + 1) * dimension)));
const collection = `peer-${randomUUID()}`;

async function grpc() {
    const { QdrantClient } = require("@qdrant/js-client-grpc");
    const client = new QdrantClient({ url, timeout: 60_000 });
    const config = { case: "params", value: { size: BigInt(dimension), distance: 2 } };
    await client.api("collections").create({ collectionName: collection, vectorsConfig: { config } });
    const points = client.api("points");
    return {
        upsert: (from, to) => points.upsert({
            collectionName: collection,
            wait: true,
            points: vectors.slice(from, to).map((data, row) => ({
                id: { pointIdOptions: { case: "num", value: BigInt(from + row) } },
                payload: {},
                vectors: { vectorsOptions: { case: "vector", value: { data } } },
            })),
        }),
        count: async () => Number((await points.count({ collectionName: collection, exact: true })).result.count),
        remove: () => client.api("collections").delete({ collectionName: collection }),
    };
}

async function rest() {
    const { QdrantClient } = require("@qdrant/js-client-rest");
    const client = new QdrantClient({ url, timeout: 60_000 });
    await client.createCollection(collection, { vectors: { size: dimension, distance: "Euclid" } });
    return {
        upsert: (from, to) => client.upsert(collection, { wait: true, points: vectors.slice(from, to).map((vector, row) => ({ id: from + row, vector })) }),
        count: async () => (await client.count(collection, { exact: true })).count,
        remove: () => client.deleteCollection(collection),
    };
}

const peer = await (way === "grpc" ? grpc() : rest());
let next = 0;
const cpu = process.cpuUsage(), started = performance.now();
await Promise.all(Array.from({ length: parallel }, async () => {
    while (next < count) {
        const from = next;
        next = Math.min(count, from + batchSize);
        await peer.upsert(from, next);
    }
}));
const seconds = (performance.now() - started) / 1000, used = process.cpuUsage(cpu);
const there = await peer.count();
await peer.remove();
if (there !== count) throw new Error(`${there} of ${count} points arrived`);
console.log(JSON.stringify({ seconds, cpu: (used.user + used.system) / 1e6 }));
process.exit(0);
