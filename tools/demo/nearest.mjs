// Asks a Qdrant for the nearest neighbours of words: nearest.mjs <REST port> <collection> <word>...
const [port, collection, ...words] = process.argv.slice(2);

async function ask(path, body) {
    const answer = await fetch(`http://127.0.0.1:${port}/collections/${collection}/points/${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()).result;
}

for (const word of words) {
    const found = await ask("scroll", { filter: { must: [{ key: "word", match: { value: word } }] }, limit: 1 });
    if (found.points.length === 0) throw new Error(`There is no point with the word ${word}.`);
    const near = await ask("query", { query: found.points[0].id, limit: 6, with_payload: true });
    console.log(`  ${word.padEnd(10)} → ${near.points.map((point) => point.payload.word).join(", ")}`);
}
