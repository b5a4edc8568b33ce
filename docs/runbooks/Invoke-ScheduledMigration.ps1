<#
.SYNOPSIS
    One migration as a scheduled job: working directory, transcript, key, exit code.
.DESCRIPTION
    The key comes from one of three places and is in no argument: a file that DPAPI protects (Windows; made with
    Read-Host -AsSecureString | Export-Clixml, by the account that runs the job on the machine that runs it), a secret of
    Microsoft.PowerShell.SecretManagement, or a file that only the job can read (a systemd credential).
    Exit code: that of the migration; 2 when it was refused or the server could not be reached before the first vector.
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

    [string] $DpapiKeyPath,

    [string] $SecretName,

    [string] $KeyPath,

    # Name of the module, or path of its manifest.
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
    $payload = $PayloadPath ? @{ PayloadPath = $PayloadPath } : @{}
    $result = Invoke-VectorMigration -Path $Path -Collection $Collection @payload -ErrorAction Continue
    $result | Out-String -Width 120 | Write-Output
    $exitCode = $result.ExitCode
}
catch {
    # What an operator needs, first and short. An error of the script itself also tells where it arose.
    "Error: $_"
    if ($_.ErrorDetails.RecommendedAction) { "Next:  $($_.ErrorDetails.RecommendedAction)" }
    "Id:    $($_.FullyQualifiedErrorId)"
    if (-not $_.ErrorDetails.RecommendedAction) { $_.ScriptStackTrace }
}
finally {
    if (Get-Command Disconnect-Qdrant -ErrorAction Ignore) { Disconnect-Qdrant }
    $null = Stop-Transcript
}

exit $exitCode
