// node search.mjs <url> <folder of the installed integrations> < questions.json
// Puts questions to a collection through a framework's own integration for Qdrant, as an application does after changing its vector store class. The
// vectors of the questions are given: no model is asked.
// questions.json: { "framework": "langchain" or "llamaindex", "collection", "vectors", "k", "contentPayloadKey" }. Prints what the framework found as one
// JSON array for each vector.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [url, clients] = process.argv.slice(2);
const require = createRequire(join(clients, "package.json"));
const questions = JSON.parse(readFileSync(0, "utf8"));

async function langchain({ collection, vectors, k, contentPayloadKey }) {
    const { QdrantVectorStore } = require("@langchain/qdrant");
    const embeddings = { embedQuery: async (text) => vectors[Number(text)], embedDocuments: async (texts) => texts.map((text) => vectors[Number(text)]) };
    const store = await QdrantVectorStore.fromExistingCollection(embeddings, { url, collectionName: collection, contentPayloadKey });
    const answers = await Promise.all(vectors.map((_, number) => store.similaritySearch(String(number), k)));
    return answers.map((documents) =>
        documents.map((document) => ({ id: String(document.id), text: document.pageContent ?? null, metadata: document.metadata })));
}

async function llamaindex({ collection, vectors, k }) {
    const { QdrantVectorStore } = require("@llamaindex/qdrant");
    const { VectorStoreQueryMode } = require("@llamaindex/core/vector-store");
    const { MetadataMode } = require("@llamaindex/core/schema");
    // It asks for a model, which a search by a vector does not use.
    const store = new QdrantVectorStore({ url, collectionName: collection, embedModel: {} });
    const answers = await Promise.all(
        vectors.map((vector) => store.query({ queryEmbedding: vector, similarityTopK: k, mode: VectorStoreQueryMode.DEFAULT })));
    return answers.map(({ nodes, ids }) =>
        nodes.map((node, i) => ({ id: ids[i], text: node.getContent(MetadataMode.NONE), metadata: node.metadata, nodeId: node.id_ })));
}

console.log(JSON.stringify(await { langchain, llamaindex }[questions.framework](questions)));
process.exit(0);
