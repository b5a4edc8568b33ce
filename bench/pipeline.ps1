<#
.SYNOPSIS
    Sends an index through the pipeline and by the one command, by turns in the same session, and tells how long each took. Called by ./build.sh bench pipeline.
.OUTPUTS
    One JSON object: seconds of each run by way.
#>
[CmdletBinding()]
param(
    # FAISS index.
    [Parameter(Mandatory)]
    [string] $Path,

    # gRPC endpoint of a server that may be filled.
    [Parameter(Mandatory)]
    [uri] $Uri,

    # Runs of each way; one more of each goes before, for what is compiled on first use is not what is compared.
    [ValidateRange(1, 99)]
    [int] $Times = 3
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
Import-Module (Join-Path $PSScriptRoot '../VectorMigration.psd1')
$null = Connect-Qdrant $Uri
$ways = [ordered]@{
    'Invoke-VectorMigration'             = {
        param($Name) Invoke-VectorMigration $Path $Name -Verify None -LogDirectory (Join-Path ([System.IO.Path]::GetTempPath()) $Name) }
    'Get-FaissVector | Send-QdrantBatch' = { param($Name) Get-FaissVector $Path | Send-QdrantBatch $Name }
    'the same with -ReadCount 500'       = { param($Name) Get-FaissVector $Path -ReadCount 500 | Send-QdrantBatch $Name }
}
$seconds = [ordered]@{}
foreach ($way in $ways.Keys) { $seconds[$way] = [System.Collections.Generic.List[double]]::new() }
foreach ($time in 0..$Times) {
    foreach ($way in $ways.Keys) {
        $name = "pipeline-$([guid]::NewGuid().ToString('N'))"
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        $null = & $ways[$way] $name
        $watch.Stop()
        Remove-QdrantCollection $name -Confirm:$false
        Remove-Item (Join-Path ([System.IO.Path]::GetTempPath()) $name) -Recurse -ErrorAction Ignore
        if ($time -gt 0) { $seconds[$way].Add($watch.Elapsed.TotalSeconds) }
    }
}

Disconnect-Qdrant
$seconds | ConvertTo-Json
