#!/usr/bin/env bash
# Plays every fault in full on a real server and prints what came of it as a table; also in artifacts/faults/faults.md.
# Called by ./build.sh faults. Exits 0 only if every fault could be played and nothing was lost, duplicated or changed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
rm -rf artifacts/faults
mkdir -p artifacts/faults
dotnet build src/VectorMigration.Cli -c Release -v q || exit 1
dotnet build tests/VectorMigration.EndToEnd.Tests -c Release -v q || exit 1
VECTORMIGRATION_FAULTS=full timeout 1800 dotnet test tests/VectorMigration.EndToEnd.Tests -c Release --no-build --nologo \
    --filter 'FullyQualifiedName~Faults' > artifacts/faults/tests.log 2>&1
status=$?
(( status == 124 )) && echo 'FAILED: not done after half an hour' >> artifacts/faults/tests.log
{
    printf '| fault | times | runs | vectors | acknowledged again | attempts repeated | refused for the rate | lost | duplicated | wrong | seconds |\n'
    printf '|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n'
    sort artifacts/faults/rows.md
} | tee artifacts/faults/faults.md
grep -E '^(Passed|Failed)! |^ *Failed |FAILED|Error Message' -A2 artifacts/faults/tests.log
if grep -q 'NOT RUN' artifacts/faults/faults.md; then printf '!!! some faults could not be played on this machine\n'; fi
exit "$status"
