<#
.SYNOPSIS
    Migrates in growing steps on one journal, with a gate between them.
.DESCRIPTION
    Each step sends only what the steps before it have not, and verifies all of it. It goes on to the next one when the step ended with
    exit code 0, every vector was acknowledged, and the seconds per vector have not grown by more than a factor.
    Exit code: that of the step that ended it; 3 when the gate stopped it: the same command goes on from the journal.
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

    # Vectors from the beginning of the index in each step; 0 is all.
    [long[]] $Step = (200, 1000, 10000, 0),

    # How much worse the seconds per vector may be than in the step before.
    [ValidateRange(0.0, 100.0)]
    [double] $WorstFactor = 1.5,

    [string] $LogDirectory = './logs',

    # Name of the module, or path of its manifest.
    [string] $Module = 'VectorMigration'
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
Import-Module $Module

$common = @{ Path = $Path; Collection = $Collection; LogDirectory = $LogDirectory }
if ($PayloadPath) { $common.PayloadPath = $PayloadPath }

$before = $null
foreach ($count in $Step) {
    $part = $count -gt 0 ? @{ First = $count } : @{}
    try {
        $result = Invoke-VectorMigration @common @part -ErrorAction Continue
    }
    catch {
        # What ends it without a result was refused before the first vector.
        Write-Error -ErrorRecord $_ -ErrorAction Continue
        exit 2
    }

    $result
    if ($result.ExitCode -ne 0) {
        exit $result.ExitCode
    }

    # A step whose vectors were all there already has nothing to compare.
    $perf = $result.Perf
    if ($null -eq $perf) { continue }

    if ($perf.SuccessRate -lt 100) {
        Write-Warning "Gate: $($perf.SuccessRate) % of the vectors of this step were acknowledged, not all."
        exit 3
    }

    if ($before -and $perf.SecondsPerVector -gt $WorstFactor * $before.SecondsPerVector) {
        Write-Warning ('Gate: {0:0.######} s per vector after {1:0.######} is more than {2} times as much.' -f $perf.SecondsPerVector,
            $before.SecondsPerVector, $WorstFactor)
        exit 3
    }

    $before = $perf
}

exit 0
