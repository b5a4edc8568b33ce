<#
.SYNOPSIS
    Writes docs/operator-view.md: what an operator sees, recorded from a real session with a local server.
.EXAMPLE
    ./tools/view/operator-view.ps1
#>
[CmdletBinding()]
param()

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$PSStyle.OutputRendering = 'PlainText'
$root = Split-Path (Split-Path $PSScriptRoot)
Import-Module (Join-Path $root 'VectorMigration.psd1')
Import-Module (Join-Path $root 'tools/powershell/PowerShell.psm1')
$env:QDRANT_BIN = bash (Join-Path $root 'tools/qdrant-local/install.sh')
$env:QDRANT_URL = $null
$place = [System.IO.Directory]::CreateTempSubdirectory('view-').FullName
Copy-Item (Join-Path $root 'samples/words.faiss'), (Join-Path $root 'samples/words.jsonl') -Destination $place
Set-Location -LiteralPath $place
$page = [System.Collections.Generic.List[string]]::new()

# Replaces folders of this machine with those of an operator.
function Format-Place([string] $Text) {
    $Text.Replace($place, '/srv/migration').Replace($env:QDRANT_BIN, '/usr/local/bin/qdrant') -replace '/tmp/qdrant-local-[^/\s]+', '/tmp/qdrant-local'
}

function Add-Text([string] $Command, [string] $Text) {
    $lines = (Format-Place $Text).Split("`n").ForEach({ $_.TrimEnd() })
    $page.AddRange([string[]] ('```text', "PS> $Command", (($lines -join "`n").Trim("`n")), '```', ''))
}

function Add-Session([string] $Command, [int] $Width = 110) {
    Add-Text $Command (. ([scriptblock]::Create($Command)) | Out-String -Width $Width)
}

$page.AddRange([string[]] ('# What an operator sees', '',
    "Recorded by ``tools/view/operator-view.ps1`` in PowerShell $($PSVersionTable.PSVersion) against a real Qdrant server. Folder names are changed.", ''))
try {
    $page.AddRange([string[]] ('## The cmdlets', ''))
    Add-Session 'Get-Command -Module VectorMigration | Format-Table CommandType, Name, Version'
    Add-Session 'Get-Help Send-QdrantBatch -Examples'
    $page.AddRange([string[]] ('## Default output', ''))
    Add-Session 'Start-QdrantLocal -PassThru'
    Add-Session 'Connect-Qdrant (Get-QdrantConnection).Uri'
    Add-Session 'Get-QdrantConnection'
    Add-Session 'Get-FaissIndex ./words.faiss'
    Add-Session 'Get-FaissVector ./words.faiss -First 3 -PayloadPath ./words.jsonl'
    Add-Session 'Get-FaissVector ./words.faiss -First 300 | Send-QdrantBatch -Collection trial -LogDirectory ./trial-logs'
    Add-Session 'Measure-MigrationPerf -Path ./trial-logs'
    Add-Session 'Invoke-VectorMigration ./words.faiss -Collection words -PayloadPath ./words.jsonl'
    Add-Session 'Measure-MigrationPerf -Path ./logs -Baseline ./trial-logs'
    Add-Session 'Test-VectorMigration ./words.faiss -Collection words -PayloadPath ./words.jsonl'
    Add-Session 'Test-VectorMigration ./words.faiss -Collection words -Detailed'
    Add-Session 'New-QdrantCollection -Name empty -Dimension 4 -Distance Cosine'
    Add-Session 'Set-QdrantAlias -Name words-live -Collection words'
    Add-Session 'Get-QdrantCollection'

    $page.AddRange([string[]] (
            '`Remove-QdrantCollection`, `Disconnect-Qdrant` and `Stop-QdrantLocal` have no output when they succeed.',
            '', '## A plan', ''))
    $uri = (Get-QdrantConnection).Uri
    $plan = Invoke-PowerShell -NoProfile -NonInteractive `
        -Command ("`$PSStyle.OutputRendering = 'PlainText'; Import-Module '$(Join-Path $root 'VectorMigration.psd1')'; " +
            "Invoke-VectorMigration ./words.faiss -Collection words-2 -Uri $uri -WhatIf") | Out-String
    Add-Text 'Invoke-VectorMigration ./words.faiss -Collection words-2 -WhatIf' $plan

    $page.AddRange([string[]] ('## A line of progress', ''))
    $shell = [powershell]::Create()
    $null = $shell.AddScript("Set-Location '$place'; Import-Module '$(Join-Path $root 'VectorMigration.psd1')'; Invoke-VectorMigration ./words.faiss " +
        "-Collection shown -Uri $uri -BatchSize 50 -BatchDelay 0.01 -LogDirectory ./shown").Invoke()
    $record = $shell.Streams.Progress | Where-Object { $_.PercentComplete -ge 30 -and $_.SecondsRemaining -ge 0 } | Select-Object -First 1
    Add-Text 'Invoke-VectorMigration ./words.faiss -Collection shown -BatchSize 50 -BatchDelay 0.01' (
        "$($record.Activity) [$($record.StatusDescription)] $($record.PercentComplete) %, $($record.SecondsRemaining) s remaining")
    $shell.Dispose()

    $page.AddRange([string[]] ('## An error', ''))
    $command = 'Connect-Qdrant ftp://127.0.0.1'
    Add-Text $command (Invoke-PowerShell -NoProfile -NonInteractive `
        -Command "`$PSStyle.OutputRendering = 'PlainText'; Import-Module '$(Join-Path $root 'VectorMigration.psd1')'; $command" 2>&1 | Out-String)
    try { . ([scriptblock]::Create($command)) } catch { $failure = $_ }
    Add-Text '$Error[0].FullyQualifiedErrorId; $Error[0].ErrorDetails.RecommendedAction' `
        "$($failure.FullyQualifiedErrorId)`n$($failure.ErrorDetails.RecommendedAction)"
}
finally {
    Stop-QdrantLocal
    Set-Location -LiteralPath $root
    Remove-Item -LiteralPath $place -Recurse -Force
}

$page -join "`n" | Set-Content -LiteralPath (Join-Path $root 'docs/operator-view.md')
"docs/operator-view.md written"
