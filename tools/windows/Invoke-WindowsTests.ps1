# The Pester files that need one server, in PowerShell for Windows on Wine. Called by tools/windows/run.sh, which has started the server and says by
# VECTORMIGRATION_TEST_URL and VECTORMIGRATION_TEST_REST where it is. A program on Wine has no useful stdout there, so everything goes to a file; its last
# line is "N passed, N failed, N skipped".
param([string] $Log, [string] $Files)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$root = (Resolve-Path (Join-Path $PSScriptRoot '../..')).Path
try {
    $PSStyle.OutputRendering = 'PlainText'
    Import-Module (Get-ChildItem (Join-Path $root 'artifacts/modules/Pester/*/Pester.psd1')).FullName
    $configuration = New-PesterConfiguration
    $configuration.Run.Path = @($Files -split ',' | ForEach-Object { Join-Path $root "tests/pester/$_.Tests.ps1" })
    # They start the command line tool of Linux, or need symbolic links.
    $configuration.Filter.ExcludeTag = 'NotOnWine'
    $configuration.Run.PassThru = $true
    $configuration.Output.Verbosity = 'None'
    $result = Invoke-Pester -Configuration $configuration
    $lines = @($result.Tests | Where-Object Result -EQ 'Failed' | ForEach-Object { "FAILED $($_.ExpandedPath): $($_.ErrorRecord[0])" })
    $lines += @($result.Containers | ForEach-Object { "$($_.Item.Name): $($_.PassedCount) passed, $($_.FailedCount) failed $($_.ErrorRecord)" })
    $lines += @($result.Tests | Where-Object Result -In 'Skipped', 'NotRun' | ForEach-Object { "!!! NOT RUN: $($_.ExpandedPath)" })
    $failed = $result.FailedCount + $result.FailedBlocksCount + $result.FailedContainersCount
    $lines += "$($result.PassedCount) passed, $failed failed, $($result.SkippedCount + $result.NotRunCount) skipped"
}
catch {
    $lines = @("FAILED: $_", $_.ScriptStackTrace, '0 passed, 1 failed, 0 skipped')
    $failed = 1
}

[System.IO.File]::WriteAllLines($Log, [string[]] $lines)
exit [int]($failed -gt 0)
