// Prints two free loopback ports.
import { createServer } from "node:net";

const open = () => new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve(server));
});

const servers = await Promise.all([open(), open()]);
console.log(servers.map((server) => server.address().port).join(" "));
servers.forEach((server) => server.close());
