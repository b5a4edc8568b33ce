<#
.SYNOPSIS
    Tests the built module: every *.Tests.ps1 beside this script, in a PowerShell of its own.
    The last line is "N passed, N failed, N skipped".
#>
[CmdletBinding()]
param(
    # How the names of the test files begin; all of them when left out.
    [string] $Filter = '',

    # A package (.nupkg) to unpack into a module path of its own and test instead of the module in the repository.
    [string] $Package = '',

    # Set by the script itself in the PowerShell that it starts.
    [switch] $InChild
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'

Import-Module (Join-Path $PSScriptRoot '../../tools/powershell/PowerShell.psm1')
if (-not $InChild) {
    # A switch of an empty value would take the next one for it.
    $given = @(@("-Filter:$Filter", "-Package:$Package") -notmatch ':$')
    Invoke-PowerShell -NoProfile -NonInteractive -File $PSCommandPath -InChild @given
    exit $LASTEXITCODE
}

# The pinned Pester, not one that happens to be installed.
$pester = @(Get-ChildItem (Join-Path $PSScriptRoot '../../artifacts/modules/Pester/*/Pester.psd1'))
if ($pester.Count -ne 1) {
    throw 'Pester is missing. Run tools/powershell/install.sh, which installs it, and run again.'
}

Import-Module $pester[0].FullName
Import-Module (Join-Path $PSScriptRoot 'TestServer.psm1')
Import-Module (Join-Path $PSScriptRoot 'Package.psm1')
$PSStyle.OutputRendering = 'PlainText'
$env:QDRANT_URL = $null
$env:QDRANT_API_KEY = $null

$modulePath = $null
$env:VECTORMIGRATION_TEST_MANIFEST = $null
if ($Package) {
    $modulePath = [System.IO.Directory]::CreateTempSubdirectory('modules-pester-').FullName
    $env:VECTORMIGRATION_TEST_MANIFEST = Expand-ModulePackage (Resolve-Path $Package).Path $modulePath
    $env:PSModulePath = $modulePath + [System.IO.Path]::PathSeparator + $env:PSModulePath
    "Tested is the package, unpacked at $env:VECTORMIGRATION_TEST_MANIFEST."
}

# An unpacked module has no server beside it: Start-QdrantLocal is told where one is.
$env:QDRANT_BIN = bash (Join-Path $PSScriptRoot '../../tools/qdrant-local/install.sh')
$server = Start-TestServer
try {
    $env:VECTORMIGRATION_TEST_URL = $server.Uri
    $env:VECTORMIGRATION_TEST_REST = $server.Rest
    $configuration = New-PesterConfiguration
    $configuration.Run.Path = @(Get-ChildItem -LiteralPath $PSScriptRoot -Filter '*.Tests.ps1' | Where-Object Name -Like "$Filter*").FullName
    $configuration.Run.PassThru = $true
    $configuration.TestResult.Enabled = $true
    $configuration.TestResult.OutputPath = Join-Path $PSScriptRoot '../../artifacts/test/pester.xml'
    $configuration.Output.Verbosity = ($env:VECTORMIGRATION_TEST_OUTPUT ?? 'Normal')
    $result = Invoke-Pester -Configuration $configuration
}
finally {
    Stop-TestServer $server
    if ($modulePath) { Remove-Item -LiteralPath $modulePath -Recurse -Force -ErrorAction Ignore }
}

# A file that does not load, or a BeforeAll that fails, is a failure too.
$failed = $result.FailedCount + $result.FailedBlocksCount + $result.FailedContainersCount
$result.Tests | Where-Object Result -In 'Skipped', 'NotRun' | ForEach-Object { "!!! NOT RUN: $($_.ExpandedPath)" }
"$($result.PassedCount) passed, $failed failed, $($result.SkippedCount + $result.NotRunCount) skipped"
exit [int]($failed -gt 0)
