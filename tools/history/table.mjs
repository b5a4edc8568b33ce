// Prints comparisons of runs as one Markdown table: table.mjs <run>=<baseline>=<output of vector-migration compare --json>...
import { readFileSync } from "node:fs";

const number = (value, digits) => value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
const figures = (value) => number(value, value < 0.01 ? 6 : value < 1 ? 4 : 2);
const rate = (value) => (value === null ? "not documented" : `${number(value, value === 100 ? 0 : 2)} %`);

console.log("| run | compared with | vectors | × | duration s | × | s/vector | change | success rate |");
console.log("|---|---|---|---|---|---|---|---|---|");
for (const argument of process.argv.slice(2)) {
    const [run, baseline, file] = argument.split("=");
    const { baseline: before, current: after, ...ratio } = JSON.parse(readFileSync(file, "utf8")).comparison;
    console.log("| " + [
        run,
        baseline,
        `${number(before.vectors, 0)} → ${number(after.vectors, 0)}`,
        number(ratio.vectorsRatio, 2),
        `${figures(before.duration)} → ${figures(after.duration)}`,
        figures(ratio.durationRatio),
        `${figures(ratio.baselineSecondsPerVector)} → ${figures(ratio.currentSecondsPerVector)}`,
        ratio.change,
        `${rate(ratio.baselineSuccessRate)} → ${rate(ratio.currentSuccessRate)}`,
    ].join(" | ") + " |");
}
