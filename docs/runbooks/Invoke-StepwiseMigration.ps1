#Requires -Version 7.6
<#
.SYNOPSIS
    Migrates an index in growing steps on one journal, with a gate between the steps.
.DESCRIPTION
    Each step sends only vectors that earlier steps did not send, and verifies all vectors so far. The script continues with the next
    step if the step ended with exit code 0, every vector was acknowledged, and the seconds per vector did not grow by more than a factor.
    The exit code is that of the last step. It is 3 if the gate stopped the script; run the same command again to resume from the journal.
.EXAMPLE
    ./Invoke-StepwiseMigration.ps1 -Path ./words.faiss -Collection words -PayloadPath ./words.jsonl
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)]
    [string] $Path,

    [Parameter(Mandatory)]
    [string] $Collection,

    [string] $PayloadPath,

    # The number of vectors from the start of the index in each step; 0 means all.
    [long[]] $Step = (200, 1000, 10000, 0),

    # The largest accepted ratio of the seconds per vector to those of the previous step.
    [ValidateRange(0.0, 100.0)]
    [double] $WorstFactor = 1.5,

    [string] $LogDirectory = './logs',

    # The name of the module, or the path of its manifest.
    [string] $Module = 'VectorMigration'
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
Import-Module $Module

$common = @{ Path = $Path; Collection = $Collection; LogDirectory = $LogDirectory }
if ($PayloadPath) { $common.PayloadPath = $PayloadPath }

$before = $null
foreach ($count in $Step) {
    $part = if ($count -gt 0) { @{ First = $count } } else { @{} }
    try {
        $result = Invoke-VectorMigration @common @part -ErrorAction Continue
    }
    catch {
        # Without a result, the run was refused before the first vector.
        Write-Error -ErrorRecord $_ -ErrorAction Continue
        exit 2
    }

    $result
    if ($result.ExitCode -ne 0) {
        exit $result.ExitCode
    }

    # If all vectors of a step were stored already, there is nothing to compare.
    $perf = $result.Perf
    if ($null -eq $perf) { continue }

    if ($perf.SuccessRate -lt 100) {
        Write-Warning "Gate: $($perf.SuccessRate) % of the vectors of this step were acknowledged, not all."
        exit 3
    }

    if ($before -and $perf.SecondsPerVector -gt $WorstFactor * $before.SecondsPerVector) {
        Write-Warning ('Gate: this step took {0:0.######} s per vector, more than {1} times the {2:0.######} s of the previous step.' -f
            $perf.SecondsPerVector, $WorstFactor, $before.SecondsPerVector)
        exit 3
    }

    $before = $perf
}

exit 0
