<#
.SYNOPSIS
One way through PowerShell, measured: migrates the words, verifies them in full, and prints what it took as one JSON object.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [ValidateSet('Idle', 'Pipeline', 'PipelineOfArrays', 'Invoke')] [string] $Way,
    [Parameter(Mandatory)] [string] $Folder,
    [Parameter(Mandatory)] [uri] $Uri
)

$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/../../VectorMigration.psd1"
$index = @{ Path = "$Folder/words.faiss"; PayloadPath = "$Folder/words.jsonl" }
$target = @{ Uri = $Uri; Collection = 'words' }

if ($Way -eq 'Idle') {
    # What PowerShell itself takes once the module is loaded and an index has been looked at.
    $null = Get-FaissIndex $index.Path
    Start-Sleep -Seconds 1
    return '{}'
}

if ($Way -eq 'Invoke') {
    $result = Invoke-VectorMigration @index @target -LogDirectory "$Folder/logs"
    $perf = $result.Perf
    $verification = $result.Verification
}
else {
    $readCount = $Way -eq 'Pipeline' ? 1 : 100
    $perf = Get-FaissVector @index -ReadCount $readCount | Send-QdrantBatch @target | Measure-MigrationPerf
    $verification = Test-VectorMigration @index @target -Detailed
}

[pscustomobject]@{
    upload = $perf.Duration.TotalSeconds
    verify = $verification.Duration.TotalSeconds
    compared = $verification.Compared
    passed = $verification.Passed
} | ConvertTo-Json -Compress
