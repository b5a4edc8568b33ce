<#
.SYNOPSIS
    Runs one migration as a scheduled job, with a working directory, a transcript, a protected key and an exit code.
.DESCRIPTION
    The key never comes from an argument. It comes from one of three places: a file protected by DPAPI (Windows only; created with
    Read-Host -AsSecureString | Export-Clixml by the account that runs the job, on the machine that runs it), a secret of
    Microsoft.PowerShell.SecretManagement, or a file that only the job can read (a systemd credential).
    The exit code is that of the migration. It is 2 if the migration was refused or the server was unreachable before the first vector.
.EXAMPLE
    ./Invoke-ScheduledMigration.ps1 -Path ./words.faiss -Collection words -Uri https://qdrant.example:6334 -WorkingDirectory D:\migration `
        -DpapiKeyPath .\qdrant.key.xml
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)]
    [string] $Path,

    [Parameter(Mandatory)]
    [string] $Collection,

    [Parameter(Mandatory)]
    [string] $Uri,

    [Parameter(Mandatory)]
    [string] $WorkingDirectory,

    [string] $PayloadPath,

    # What to do when the index has changed since the last run.
    [ValidateSet('Refuse', 'Sync', 'Restart')]
    [string] $OnChanged = 'Sync',

    # With Sync: delete the points that earlier runs wrote and that are no longer in the index.
    [switch] $Prune,

    [string] $DpapiKeyPath,

    [string] $SecretName,

    [string] $KeyPath,

    # The name of the module, or the path of its manifest.
    [string] $Module = 'VectorMigration'
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
Set-Location -LiteralPath $WorkingDirectory
$null = Start-Transcript -Path (Join-Path 'transcripts' ('{0:yyyyMMdd-HHmmss}-{1}.txt' -f [datetime]::UtcNow, $PID))
$exitCode = 2
try {
    Import-Module $Module
    $key = @{}
    if ($DpapiKeyPath) {
        if (-not $IsWindows) { throw 'DPAPI is Windows only: elsewhere Export-Clixml does not encrypt. Use -KeyPath or -SecretName.' }
        $key.ApiKey = Import-Clixml -LiteralPath $DpapiKeyPath
    }
    elseif ($SecretName) {
        $key.ApiKey = Get-Secret -Name $SecretName
    }
    elseif ($KeyPath) {
        $key.ApiKeyPath = $KeyPath
    }

    $null = Connect-Qdrant $Uri @key
    $more = @{ OnChanged = $OnChanged }
    if ($PayloadPath) { $more.PayloadPath = $PayloadPath }
    if ($Prune) {
        # A scheduled job cannot answer a prompt.
        $more.Prune = $true
        $more.Confirm = $false
    }

    $result = Invoke-VectorMigration -Path $Path -Collection $Collection @more -ErrorAction Continue
    $result | Out-String -Width 120 | Write-Output
    $exitCode = $result.ExitCode
}
catch {
    # The message and the next step come first. An error of the script itself also shows its stack.
    $next = $_.ErrorDetails ? $_.ErrorDetails.RecommendedAction : $null
    "Error: $_"
    if ($next) { "Next:  $next" }
    "Id:    $($_.FullyQualifiedErrorId)"
    if (-not $next) { $_.ScriptStackTrace }
}
finally {
    if (Get-Command Disconnect-Qdrant -ErrorAction Ignore) { Disconnect-Qdrant }
    $null = Stop-Transcript
}

exit $exitCode
