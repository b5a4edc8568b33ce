// What must be in a collection, from the truth kept beside a fixture: ids.npy and recon.npy. Shares no code with the migration.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

function npy(path, type) {
    const file = readFileSync(path);
    if (file.toString("latin1", 0, 6) !== "\x93NUMPY" || file[6] !== 1) throw new Error(`${path} is not a version 1 .npy file`);
    const end = 10 + file.readUInt16LE(8);
    const header = file.toString("latin1", 10, end);
    if (!header.includes(`'descr': '${type}'`) || !header.includes("'fortran_order': False")) throw new Error(`${path} holds ${header}`);
    return file.buffer.slice(file.byteOffset + end, file.byteOffset + file.length);
}

// RFC 9562, 5.5: version 5 in the OID namespace, of the id in decimal.
function uuid5(id) {
    const hash = createHash("sha1").update(Buffer.from("6ba7b8129dad11d180b400c04fd430c8", "hex")).update(String(id)).digest().subarray(0, 16);
    hash[6] = (hash[6] & 0x0f) | 0x50;
    hash[8] = (hash[8] & 0x3f) | 0x80;
    return hash.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

// Point id as text -> { bits: Uint32Array, faissId: BigInt }. Of vectors with one id the last counts; those with NaN or infinity are left out.
export function expectedPoints({ folder, uuid5: mapped }) {
    const ids = new BigInt64Array(npy(join(folder, "ids.npy"), "<i8"));
    const bits = new Uint32Array(npy(join(folder, "recon.npy"), "<f4"));
    const components = new Float32Array(bits.buffer);
    const dimension = ids.length === 0 ? 0 : bits.length / ids.length;
    const expected = new Map();
    ids.forEach((faissId, row) => {
        const from = row * dimension;
        const to = from + dimension;
        if (!components.subarray(from, to).every(Number.isFinite)) return;
        expected.set(mapped ? uuid5(faissId) : String(faissId), { bits: bits.subarray(from, to), faissId });
    });
    return expected;
}

// The vectors of a flat index, which may lie in an id map, in the order of adding: its FAISS ids are the keys. As faiss/impl/index_write.cpp lays it out.
function flatVectors(path) {
    const file = readFileSync(path);
    let at = 0;
    const kind = () => file.toString("latin1", at, (at += 4));
    // Dimension, count, two unused numbers, whether it is trained, metric; metrics over 1 have an argument.
    const header = () => {
        const dimension = file.readInt32LE(at);
        const count = Number(file.readBigInt64LE(at + 4));
        at += 33 + (file.readInt32LE(at + 29) > 1 ? 4 : 0);
        return { dimension, count };
    };
    const outer = kind();
    const isMap = outer === "IxMp" || outer === "IxM2";
    if (isMap) header();
    const inner = isMap ? kind() : outer;
    if (inner !== "IxF2" && inner !== "IxFI") throw new Error(`${path} holds ${outer}, ${inner}`);
    const { dimension, count } = header();
    const from = at + 8;
    at = from + count * dimension * 4;
    const bits = new Uint32Array(file.buffer.slice(file.byteOffset + from, file.byteOffset + at));
    const vectors = new Map();
    for (let row = 0; row < count; row++) {
        const id = isMap ? file.readBigInt64LE(at + 8 + row * 8) : row;
        vectors.set(String(id), bits.subarray(row * dimension, (row + 1) * dimension));
    }
    return vectors;
}

// JSON with the whole numbers that a JavaScript number does not hold as BigInt.
export function exactJson(text) {
    const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (part) => (/^-?\d{16,}$/.test(part) ? `{"\\u0000integer":"${part}"}` : part));
    return JSON.parse(marked, (_, value) => (typeof value?.["\0integer"] === "string" ? BigInt(value["\0integer"]) : value));
}

// What must be in a collection that a store was migrated to: { index, truth } are paths, the truth is the payload of each id. Vectors without a payload were
// left out.
function expectedStore({ index, truth }) {
    const vectors = flatVectors(index);
    return new Map(Object.entries(exactJson(readFileSync(truth, "utf8"))).map(([id, payload]) => [id, { bits: vectors.get(id), payload }]));
}

// Whether a payload is what it must be. REST's client reads whole numbers over 2^53 as the nearest double, the one of gRPC reads them exactly.
function same(found, wants, name) {
    // A node of LlamaIndex is a text of JSON, the truth is what it says.
    if (name === "_node_content" && typeof found === "string") return same(exactJson(found), wants);
    if (typeof wants === "bigint") return typeof found === "bigint" ? found === wants : found === Number(wants);
    if (typeof wants === "number") return typeof found === "bigint" ? found === BigInt(wants) : found === wants;
    if (wants === null || typeof wants !== "object") return found === wants;
    if (found === null || typeof found !== "object" || Array.isArray(found) !== Array.isArray(wants)) return false;
    const names = Object.keys(wants);
    return names.length === Object.keys(found).length && names.every((key) => Object.hasOwn(found, key) && same(found[key], wants[key], key));
}

// Compares what a client read, as [{ id: text, vector: numbers, payload: object, faissId: text or undefined }], with what is expected.
export function compare(collection, points) {
    const expected = collection.truth === undefined || collection.truth === null ? expectedPoints(collection) : expectedStore(collection);
    const open = new Map(expected);
    const differences = [];
    let compared = 0;
    for (const { id, vector, payload, faissId } of points) {
        const truth = open.get(id);
        if (truth === undefined) {
            differences.push(`${id}: ${expected.has(id) ? "there twice" : "not in the index"}`);
            continue;
        }
        open.delete(id);
        compared++;
        const found = new Uint32Array(Float32Array.from(vector).buffer);
        const place = found.length === truth.bits.length
            ? found.findIndex((value, index) => value !== truth.bits[index])
            : Math.min(found.length, truth.bits.length);
        if (place >= 0) {
            const [has, wants] = [found[place]?.toString(16), truth.bits[place]?.toString(16)];
            differences.push(`${id}: component ${place} of ${found.length} has the bits ${has}, not ${wants}`);
        }
        if (collection.uuid5 && faissId !== String(truth.faissId)) differences.push(`${id}: faiss_id is ${faissId}, not ${truth.faissId}`);
        if (truth.payload !== undefined && !same(payload, truth.payload)) {
            // BigInt has no form in JSON.
            const text = JSON.stringify(payload, (_, value) => (typeof value === "bigint" ? String(value) : value));
            differences.push(`${id}: the payload is ${text}`);
        }
    }
    for (const id of open.keys()) differences.push(`${id}: missing`);
    return { name: collection.name, expected: expected.size, compared, differences: differences.length, first: differences.slice(0, 5) };
}
