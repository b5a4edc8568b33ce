// node wait-ready.mjs <REST port> <gRPC port>
// Waits until the Qdrant there says that it is ready and its gRPC port, which is opened apart, takes connections; fails after 60 seconds.
import { createConnection } from "node:net";
import { fileURLToPath } from "node:url";

const connects = (port) => new Promise((resolve) => {
    const socket = createConnection({ host: "127.0.0.1", port: Number(port) });
    socket.once("connect", () => { socket.destroy(); resolve(true); });
    socket.once("error", () => resolve(false));
});

// False when it does not become ready; `ended` tells that waiting is in vain.
export async function ready(rest, grpc, ended = () => false) {
    for (const limit = Date.now() + 60_000; Date.now() < limit && !ended();) {
        const answer = await fetch(`http://127.0.0.1:${rest}/readyz`).catch(() => null);
        if (answer?.ok && await connects(grpc)) return true;
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return false;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exit(await ready(...process.argv.slice(2)) ? 0 : 1);
