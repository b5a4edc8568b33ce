// Reads a collection whole with @qdrant/js-client-rest.
import { exactJson } from "./truth.mjs";

export function open(require, url) {
    const { QdrantClient } = require("@qdrant/js-client-rest");
    const client = new QdrantClient({ url, timeout: 60_000 });

    // Node 20's JSON.parse rounds integers over 2^53, so ids are compared from the text that the server sent. The client itself fetches it.
    let text;
    const fetchOfNode = globalThis.fetch;
    globalThis.fetch = async (...request) => {
        const answer = await fetchOfNode(...request);
        text = await answer.text();
        return new Response(text, { status: answer.status, statusText: answer.statusText, headers: answer.headers });
    };

    return async (collection) => {
        const { count } = await client.count(collection, { exact: true });
        const page = await client.scroll(collection, { limit: count + 1, with_vector: true, with_payload: true });
        if (page.next_page_offset !== null || page.points.length !== count)
            throw new Error(`${collection}: ${page.points.length} of ${count} points came in one page`);
        const exact = exactJson(text).result.points;
        if (exact.length !== count) throw new Error(`${collection}: ${exact.length} points in the text for ${count}`);
        return page.points.map((point, index) => {
            const { id, payload } = exact[index];
            // The client's id, where a JavaScript number holds it, is the one of the text.
            const isHeld = typeof point.id === "string" || Number.isSafeInteger(point.id);
            if (isHeld && point.id !== id) throw new Error(`${collection}: the client says id ${point.id}, the text ${id}`);
            return { id: String(id), vector: point.vector, payload: point.payload, faissId: payload?.faiss_id?.toString() };
        });
    };
}
