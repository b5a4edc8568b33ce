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

# Payloads as a framework keeps them: a text, and metadata to ask. All ways of the second table send all of them.
$payload = Join-Path ([System.IO.Path]::GetTempPath()) "pipeline-$([guid]::NewGuid().ToString('N')).jsonl"
$text = 'word ' * 40
[System.IO.File]::WriteAllLines($payload, [string[]] (0..((Get-FaissIndex $Path).Count - 1)).ForEach({
            "{`"page_content`":`"$text$_`",`"metadata`":{`"source`":`"file-$($_ % 100).txt`",`"page`":$_},`"lang`":`"de`"}" }))
$ways['with payloads: Invoke-VectorMigration'] = {
    param($Name) Invoke-VectorMigration $Path $Name -PayloadPath $payload -Verify None -LogDirectory (Join-Path ([System.IO.Path]::GetTempPath()) $Name) }
$ways['with payloads: untouched'] = { param($Name) Get-FaissVector $Path -PayloadPath $payload | Send-QdrantBatch $Name }
$ways['with payloads: passed on by ForEach-Object { $_ }'] = {
    param($Name) Get-FaissVector $Path -PayloadPath $payload | ForEach-Object { $_ } | Send-QdrantBatch $Name }
$ways['with payloads: Where-Object { $_.Payload.lang -eq ''de'' }'] = {
    param($Name) Get-FaissVector $Path -PayloadPath $payload | Where-Object { $_.Payload.lang -eq 'de' } | Send-QdrantBatch $Name }
$ways['with payloads: changed, $_.Payload.rank = 1'] = {
    param($Name) Get-FaissVector $Path -PayloadPath $payload | ForEach-Object { $_.Payload.rank = 1; $_ } | Send-QdrantBatch $Name }
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

Remove-Item $payload
Disconnect-Qdrant
$seconds | ConvertTo-Json
