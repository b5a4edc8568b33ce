// node tools/windows/servers.mjs QDRANT FILE
// Starts servers of Linux for Windows programs on Wine, which cannot have children of Linux. Listens on loopback and writes its address to FILE.
//   POST /start                      {folder, arguments, environment}: starts QDRANT. The answer is its stderr, and last "exit CODE".
//                                    Who closes the connection kills the server.
//   POST /signal?port=P&signal=NAME  sends a signal (SIGSTOP, SIGCONT, SIGKILL) to the server whose REST port is P.
import { spawn } from "node:child_process";
import { accessSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";

const [binary, file] = process.argv.slice(2);
const servers = new Map();

// Wine's drive Z: is the root of this machine, C: is a folder of the prefix.
const linuxPath = (path) => path.replace(/^z:/i, "").replace(/^c:/i, `${process.env.WINEPREFIX}/drive_c`).replaceAll("\\", "/");
const translated = (value) => /^[cz]:[\\/]/i.test(value) ? linuxPath(value) : value;

// Where there is setpriv, a server dies with this helper even if the helper is killed.
const guard = (() => {
    try { accessSync("/usr/bin/setpriv"); return ["/usr/bin/setpriv", "--pdeathsig", "KILL"]; } catch { return []; }
})();

function start(asked, response) {
    const environment = { PATH: process.env.PATH };
    for (const [name, value] of Object.entries(asked.environment)) environment[name] = translated(value);
    const [program, ...rest] = [...guard, binary, ...asked.arguments];
    const server = spawn(program, rest, { cwd: linuxPath(asked.folder), env: environment, stdio: ["ignore", "ignore", "pipe"] });
    servers.set(environment.QDRANT__SERVICE__HTTP_PORT, server);
    response.writeHead(200, { "content-type": "text/plain" });
    response.flushHeaders();
    response.on("close", () => server.kill("SIGKILL"));
    server.stderr.pipe(response, { end: false });
    server.on("error", (error) => response.end(`${error.message}\nexit 127\n`));
    server.on("close", (code) => response.end(`\nexit ${code ?? 137}\n`));
}

function signal(query, response) {
    const sent = servers.get(query.get("port"))?.kill(query.get("signal")) ?? false;
    response.writeHead(sent ? 200 : 404).end();
}

const helper = createServer((request, response) => {
    const url = new URL(request.url, "http://127.0.0.1");
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
        if (url.pathname === "/start") start(JSON.parse(Buffer.concat(parts).toString()), response);
        else if (url.pathname === "/signal") signal(url.searchParams, response);
        else response.writeHead(404).end();
    });
});

// A server that has run for hours is not cut off, and neither is one that says nothing.
helper.requestTimeout = 0;
helper.timeout = 0;
helper.listen(0, "127.0.0.1", () => writeFileSync(file, `http://127.0.0.1:${helper.address().port}`));
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(name, () => {
        for (const server of servers.values()) server.kill("SIGKILL");
        process.exit(0);
    });
}
