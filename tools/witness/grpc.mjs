// Reads a collection whole with @qdrant/js-client-grpc.
const pageSize = 200;

// A payload as plain values; whole numbers are BigInt.
function fields(of) {
    return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, plain(value)]));
}

function plain({ kind }) {
    switch (kind.case) {
        case "nullValue": return null;
        case "structValue": return fields(kind.value.fields);
        case "listValue": return kind.value.values.map(plain);
        default: return kind.value;
    }
}

export function open(require, url) {
    const { QdrantClient } = require("@qdrant/js-client-grpc");
    const points = new QdrantClient({ url, timeout: 60_000 }).api("points");
    const all = { selectorOptions: { case: "enable", value: true } };

    return async (collection) => {
        const read = [];
        let offset;
        do {
            const page = await points.scroll({ collectionName: collection, limit: pageSize, offset, withVectors: all, withPayload: all });
            for (const point of page.result) {
                const vector = point.vectors.vectorsOptions.value;
                read.push({
                    id: String(point.id.pointIdOptions.value),
                    // Servers before 1.17 answer in the field that later ones deprecate.
                    vector: vector.vector?.case === "dense" ? vector.vector.value.data : vector.data,
                    payload: fields(point.payload),
                    faissId: point.payload.faiss_id?.kind.value.toString(),
                });
            }
            offset = page.nextPageOffset;
        } while (offset !== undefined);
        return read;
    };
}
