// Waits until the Qdrant at a REST port says that it is ready; fails after 60 seconds.
const [port] = process.argv.slice(2);
const limit = Date.now() + 60_000;
while (Date.now() < limit) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
    if (answer?.ok) process.exit(0);
    await new Promise((resolve) => setTimeout(resolve, 100));
}
process.exit(1);
