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

// Compares what a client read, as [{ id: text, vector: numbers, faissId: text or undefined }], with what is expected.
export function compare(collection, points) {
    const expected = expectedPoints(collection);
    const open = new Map(expected);
    const differences = [];
    let compared = 0;
    for (const { id, vector, faissId } of points) {
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
    }
    for (const id of open.keys()) differences.push(`${id}: missing`);
    return { name: collection.name, expected: expected.size, compared, differences: differences.length, first: differences.slice(0, 5) };
}
