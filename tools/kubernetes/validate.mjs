// validate.mjs FOLDER-OF-PACKAGES < MANIFEST
// Checks a manifest by the schemas of Kubernetes: values, types and what is missing; unknown keys pass. Prints each fault on a line.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [packages] = process.argv.slice(2);
const { parse } = createRequire(path.join(packages, 'package.json'))('yaml');
const manifest = parse(readFileSync(0, 'utf8'));
const models = await import(pathToFileURL(path.join(packages, 'node_modules', 'kubernetes-models', manifest.apiVersion, 'index.js')));
try {
    new models[manifest.kind](manifest).validate();
} catch (error) {
    if (!Array.isArray(error.errors)) { throw error; }
    console.log(error.message.replaceAll(', ', '\n'));
}
