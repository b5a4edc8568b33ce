// Reads a collection whole with @qdrant/js-client-rest.
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
        const ids = Array.from(text.matchAll(/"id":(?:(\d+)|"([^"]+)")/g), ([, number, uuid]) => number ?? uuid);
        const faissIds = Array.from(text.matchAll(/"faiss_id":(-?\d+)/g), ([, number]) => number);
        if (ids.length !== count || ![0, count].includes(faissIds.length))
            throw new Error(`${collection}: ${ids.length} ids and ${faissIds.length} faiss_ids for ${count} points`);
        return page.points.map((point, index) => {
            // The client's id, where a JavaScript number holds it, is the one of the text.
            const exact = typeof point.id === "string" || Number.isSafeInteger(point.id);
            if (exact && String(point.id) !== ids[index]) throw new Error(`${collection}: the client says id ${point.id}, the text ${ids[index]}`);
            return { id: ids[index], vector: point.vector, faissId: faissIds[index] };
        });
    };
}
