# Dot-sourced by every test file: the built module, the samples in a folder of their own, and the server that Invoke-Tests.ps1 started.
$ErrorActionPreference = 'Stop'
$root = (Resolve-Path (Join-Path $PSScriptRoot '../..')).Path
# The built module of the repository, or the one that Invoke-Tests.ps1 has unpacked from a package.
$manifest = $env:VECTORMIGRATION_TEST_MANIFEST ? $env:VECTORMIGRATION_TEST_MANIFEST : (Join-Path $root 'VectorMigration.psd1')
$moduleRoot = Split-Path $manifest
$fixtures = Join-Path $root 'tests/fixtures/faiss/faiss-1.7.3'
# The command line tool of the repository, or the one that is built for this system.
$commandLine = $env:VECTORMIGRATION_TEST_TOOL ? $env:VECTORMIGRATION_TEST_TOOL : (Join-Path $root 'artifacts/cli/vector-migration')
Import-Module $manifest
Import-Module (Join-Path $PSScriptRoot 'TestServer.psm1')
Import-Module (Join-Path $root 'tools/powershell/PowerShell.psm1')

$url = $env:VECTORMIGRATION_TEST_URL
if (-not $url) {
    throw 'Run these tests through Invoke-Tests.ps1, which starts the server.'
}

$env:QDRANT_URL = $url
$grpcPort = ([uri] $url).Port
# A session whose Connect-Qdrant failed, or that has another server, is not handed on to the next file.
Disconnect-Qdrant
Set-Location $TestDrive
Copy-Item (Join-Path $root 'samples/words.faiss'), (Join-Path $root 'samples/words.jsonl') -Destination $TestDrive

function Get-PointCount([string] $Collection) {
    (Test-VectorMigration ./words.faiss -Collection $Collection -Detailed).CollectionCount
}

# The lines that the runs of a log folder have logged, also while they are under way.
function Get-RunLog([string] $Folder) {
    Get-ChildItem "$Folder/runs" -ErrorAction Ignore | ForEach-Object { Get-RunLogOf $_ }
}

# The lines of one run, given by its folder.
function Get-RunLogOf($Run) {
    # The last line of a run that is under way may be half-written.
    Get-Content (Join-Path $Run.FullName migration.log) -ErrorAction Ignore | ForEach-Object { try { $_ | ConvertFrom-Json } catch { } }
}

# The error that a script block ends with.
function Get-Failure([scriptblock] $Script) {
    try {
        $null = & $Script
    }
    catch {
        return $_
    }

    throw 'It did not fail.'
}
