// node measure.mjs <qdrant> <pwsh> <folder of the words> <result.md> <runs>
// Each run has a server of its own with empty storage, so that no run pays for what an earlier one left to be indexed.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { loadavg } from "node:os";
import { dirname, join, resolve } from "node:path";
import { ready } from "../../tools/qdrant-local/wait-ready.mjs";
import { report } from "./report.mjs";

const [binary, pwsh, folderArgument, resultFile, runs] = process.argv.slice(2);
const folder = resolve(folderArgument);
const index = join(folder, "words.faiss");
const payload = join(folder, "words.jsonl");
const script = join(import.meta.dirname ?? dirname(new URL(import.meta.url).pathname), "way.ps1");
const vectors = 341_479;
const sampleEvery = 50;

const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("QDRANT_")));
const powershell = (way) => (uri) => [pwsh, ["-NoProfile", "-NonInteractive", "-File", script, "-Way", way, "-Folder", folder, "-Uri", uri]];
const ways = [
    { name: "`Get-FaissVector \\| Send-QdrantBatch`, then `Test-VectorMigration`", command: powershell("Pipeline") },
    { name: "the same with `Get-FaissVector -ReadCount 100`", command: powershell("PipelineOfArrays") },
    { name: "`Invoke-VectorMigration`", command: powershell("Invoke") },
    {
        name: "`vector-migration migrate`",
        command: (uri) => ["artifacts/cli/vector-migration", [
            "migrate", index, "--payload", payload, "--url", uri, "--collection", "words", "--log-dir", join(folder, "logs"), "--json"]],
    },
    { name: "for comparison: PowerShell with the module loaded, nothing sent", command: powershell("Idle"), idle: true },
];

const children = new Set();
process.on("exit", () => children.forEach((child) => child.kill("SIGKILL")));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(1));

function start(program, args, options) {
    const child = spawn(program, args, options);
    children.add(child);
    child.once("exit", () => children.delete(child));
    return child;
}

async function freePort() {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address();
    server.close();
    await once(server, "close");
    return port;
}

async function startServer() {
    const place = join(folder, "server");
    rmSync(place, { recursive: true, force: true });
    mkdirSync(place, { recursive: true });
    const [rest, grpc] = [await freePort(), await freePort()];
    const child = start(binary, ["--disable-telemetry"], {
        cwd: place,
        stdio: "ignore",
        env: {
            ...environment,
            QDRANT__SERVICE__HOST: "127.0.0.1",
            QDRANT__SERVICE__HTTP_PORT: String(rest),
            QDRANT__SERVICE__GRPC_PORT: String(grpc),
            QDRANT__STORAGE__STORAGE_PATH: join(place, "storage"),
            QDRANT__STORAGE__SNAPSHOTS_PATH: join(place, "snapshots"),
            QDRANT__LOG_LEVEL: "WARN",
        },
    });
    if (!await ready(rest, grpc, () => child.exitCode !== null)) throw new Error("Qdrant did not start.");
    const stop = async () => {
        child.kill("SIGKILL");
        await once(child, "exit");
        rmSync(place, { recursive: true, force: true });
    };
    return { uri: `http://127.0.0.1:${grpc}`, stop };
}

// kB of a line of a /proc file; 0 once the process has gone.
function kilobytes(pid, file, field) {
    try {
        return Number(readFileSync(`/proc/${pid}/${file}`, "latin1").match(new RegExp(`^${field}:\\s+(\\d+) kB`, "m"))?.[1] ?? 0);
    } catch {
        return 0;
    }
}

async function runClient([program, args]) {
    const load = loadavg()[0];
    const began = process.hrtime.bigint();
    const child = start(program, args, { env: environment, stdio: ["ignore", "pipe", "pipe"] });
    const peak = { dirty: 0, anonymous: 0, resident: 0 };
    const sampler = setInterval(() => {
        peak.dirty = Math.max(peak.dirty, kilobytes(child.pid, "smaps_rollup", "Private_Dirty"));
        peak.anonymous = Math.max(peak.anonymous, kilobytes(child.pid, "status", "RssAnon"));
        peak.resident = Math.max(peak.resident, kilobytes(child.pid, "status", "VmHWM"));
    }, sampleEvery);
    let output = "", errors = "";
    child.stdout.setEncoding("utf8").on("data", (text) => { output += text; });
    child.stderr.setEncoding("utf8").on("data", (text) => { errors += text; });
    const [code] = await once(child, "close");
    clearInterval(sampler);
    const wall = Number(process.hrtime.bigint() - began) / 1e9;
    if (code !== 0) throw new Error(`${program} ended with ${code}: ${errors} ${output}`);
    return { ...read(JSON.parse(output.trim().split("\n").at(-1))), wall, load, ...peak };
}

// The command line tells a MigrationResult, the PowerShell ways what way.ps1 makes of theirs.
function read(result) {
    if (result.verification === undefined) return result;
    return { upload: result.perf.duration, verify: result.verification.duration, compared: result.verification.compared, passed: result.verification.passed };
}

async function measure(way) {
    const server = await startServer();
    try {
        const run = await runClient(way.command(server.uri));
        if (!way.idle && !(run.passed === true && run.compared === vectors)) {
            throw new Error(`${way.name}: ${run.compared} of ${vectors} vectors compared, passed: ${run.passed}`);
        }
        return run;
    } finally {
        await server.stop();
    }
}

const available = (program) => { try { return execFileSync(program, ["--version"], { encoding: "utf8" }).trim(); } catch { return null; } };
const runtime = execFileSync(pwsh, ["-NoProfile", "-Command", "[Environment]::Version.ToString()"], { encoding: "utf8" }).trim();
const versions = {
    PowerShell: available(pwsh), "PowerShell's .NET": runtime, ".NET SDK": available("dotnet"), Qdrant: available(binary), "Node.js": process.version,
};

// The ways take turns, so that a busy spell of the machine does not fall on one of them only.
const measured = ways.map((way) => ({ ...way, runs: [] }));
for (let run = 1; run <= Number(runs); run++) {
    for (const way of measured) {
        way.runs.push(await measure(way));
        console.error(`run ${run}: ${way.name}: ${JSON.stringify(way.runs.at(-1))}`);
    }
}
mkdirSync(dirname(resultFile), { recursive: true });
writeFileSync(resultFile, report({ vectors, runs: Number(runs), ways: measured, versions }));
console.error(`written: ${resultFile}`);
