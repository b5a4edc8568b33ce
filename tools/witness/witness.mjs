// node witness.mjs rest|grpc <url> <folder of the installed clients> < collections.json
// Reads every collection back with that official client and compares it bit for bit with the truth beside its fixture.
// collections.json: [{ "name", "collection", "folder", "uuid5" }], or for a store [{ "name", "collection", "index", "truth" }], whose payloads are
// compared too. Prints one JSON line a collection.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { compare } from "./truth.mjs";

const [kind, url, clients] = process.argv.slice(2);
const { open } = await import(kind === "rest" ? "./rest.mjs" : "./grpc.mjs");
const read = open(createRequire(join(clients, "package.json")), url);
for (const collection of JSON.parse(readFileSync(0, "utf8"))) {
    console.log(JSON.stringify(compare(collection, await read(collection.collection))));
}
process.exit(0);
