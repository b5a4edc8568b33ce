<#
.SYNOPSIS
    Tests the built module: every *.Tests.ps1 beside this script, in a PowerShell of its own.
    The last line is "N passed, N failed, N skipped".
#>
[CmdletBinding()]
param(
    # How the names of the test files begin; all of them when left out.
    [string] $Filter = '',

    # Set by the script itself in the PowerShell that it starts.
    [switch] $InChild
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'

if (-not $InChild) {
    & ([System.Environment]::ProcessPath) -NoProfile -NonInteractive -File $PSCommandPath -InChild "-Filter:$Filter"
    exit $LASTEXITCODE
}

if (-not (Get-Module -ListAvailable -Name Pester | Where-Object Version -GE '5.0')) {
    '!!! NOT RUN: the cmdlet tests, because Pester 5 is missing. Install-Module Pester, and run again.'
    '0 passed, 0 failed, 1 skipped'
    exit 0
}

Import-Module Pester -MinimumVersion 5.0
Import-Module (Join-Path $PSScriptRoot 'TestServer.psm1')
$PSStyle.OutputRendering = 'PlainText'
$env:QDRANT_URL = $null
$env:QDRANT_API_KEY = $null
$server = Start-TestServer
try {
    $env:VECTORMIGRATION_TEST_URL = $server.Uri
    $env:VECTORMIGRATION_TEST_REST = $server.Rest
    $configuration = New-PesterConfiguration
    $configuration.Run.Path = @(Get-ChildItem -LiteralPath $PSScriptRoot -Filter '*.Tests.ps1' | Where-Object Name -Like "$Filter*").FullName
    $configuration.Run.PassThru = $true
    $configuration.Output.Verbosity = ($env:VECTORMIGRATION_TEST_OUTPUT ?? 'Normal')
    $result = Invoke-Pester -Configuration $configuration
}
finally {
    Stop-TestServer $server
}

# A file that does not load, or a BeforeAll that fails, is a failure too.
$failed = $result.FailedCount + $result.FailedBlocksCount + $result.FailedContainersCount
"$($result.PassedCount) passed, $failed failed, $($result.SkippedCount + $result.NotRunCount) skipped"
exit [int]($failed -gt 0)
