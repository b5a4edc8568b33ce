#Requires -Version 7.6
<#
.SYNOPSIS
    Registers Invoke-ScheduledMigration.ps1 as a daily task of the Windows Task Scheduler.
.DESCRIPTION
    The task runs whether or not a user is logged on, and never in parallel with itself. If it fails, it is retried three times. It runs under
    a group managed service account, or under an account with a password. A logon without a password (S4U) cannot read what DPAPI protects.
    Run this script in an elevated PowerShell 7.6.
.EXAMPLE
    ./Register-MigrationTask.ps1 -Path D:\migration\words.faiss -Collection words -Uri https://qdrant.example:6334 -WorkingDirectory D:\migration `
        -DpapiKeyPath D:\migration\qdrant.key.xml -At 02:00 -Credential (Get-Credential)
.EXAMPLE
    ./Register-MigrationTask.ps1 -Path D:\migration\words.faiss -Collection words -Uri https://qdrant.example:6334 -WorkingDirectory D:\migration `
        -Parameter @{ SecretName = 'qdrant-key'; PayloadPath = 'D:\migration\words.jsonl'; PayloadKey = 'id' } -UserId 'DOMAIN\job$'
#>
[CmdletBinding(SupportsShouldProcess, DefaultParameterSetName = 'Account')]
param(
    [Parameter(Mandatory)]
    [string] $Path,

    [Parameter(Mandatory)]
    [string] $Collection,

    [Parameter(Mandatory)]
    [string] $Uri,

    [Parameter(Mandatory)]
    [string] $WorkingDirectory,

    [string] $DpapiKeyPath,

    # What the job does if the index has changed since its last run.
    [ValidateSet('Refuse', 'Sync', 'Restart')]
    [string] $OnChanged = 'Sync',

    # Delete points that this job wrote and that the index no longer has.
    [switch] $Prune,

    # More parameters of the job, by name: its own, or those of Invoke-VectorMigration that it passes on. A switch is $true.
    [hashtable] $Parameter = @{},

    [string] $Module = 'VectorMigration',

    [datetime] $At = '02:00',

    [string] $TaskName = 'VectorMigration',

    # The account and password of the task. The Task Scheduler stores the password.
    [Parameter(Mandatory, ParameterSetName = 'Account')]
    [pscredential] $Credential,

    # A group managed service account, DOMAIN\name$.
    [Parameter(Mandatory, ParameterSetName = 'ServiceAccount')]
    [ValidatePattern('\$$')]
    [string] $UserId
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'

# Quotes a value as programs on Windows take command lines apart: a backslash is only special before a quotation mark, and there it is doubled.
function ConvertTo-QuotedArgument([string] $Value) {
    '"{0}"' -f ($Value -replace '(\\*)"', '$1$1\"' -replace '(\\+)$', '$1$1')
}

# Writes a value as PowerShell code.
function ConvertTo-Literal($Value) {
    if ($Value -is [bool] -or $Value -is [switch]) { return "`$$([bool] $Value)".ToLowerInvariant() }
    if ($Value -is [System.Collections.IDictionary]) {
        return '@{{ {0} }}' -f (@(foreach ($key in $Value.Keys | Sort-Object) { "$(ConvertTo-Literal "$key") = $(ConvertTo-Literal $Value[$key])" }) -join '; ')
    }
    if ($Value -is [System.Collections.IEnumerable] -and $Value -isnot [string]) { return @(foreach ($one in $Value) { ConvertTo-Literal $one }) -join ', ' }
    $text = [System.Management.Automation.LanguagePrimitives]::ConvertTo($Value, [string])
    "'{0}'" -f [System.Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($text)
}

# Returns the program that the task runs, and the text before its arguments. If PowerShell is a dotnet tool, dotnet runs its pwsh.dll: the shim of the
# tool would be a separate process, and ending the task would leave PowerShell running. If another program hosts PowerShell, the task runs the pwsh
# on PATH.
function Get-PowerShellCommand {
    $running = [System.Environment]::ProcessPath
    $library = Join-Path $PSHOME 'pwsh.dll'
    # A PowerShell of the Microsoft Store is in a folder of its version, which the next update removes, and only the user who installed it can start it.
    $store = '[\\/]WindowsApps[\\/]'
    if ($running -notmatch $store -and $PSHOME -notmatch $store) {
        switch ([System.IO.Path]::GetFileNameWithoutExtension($running)) {
            'pwsh' { return @{ Execute = $running; Before = '' } }
            'dotnet' { if (Test-Path -LiteralPath $library) { return @{ Execute = $running; Before = '{0} ' -f (ConvertTo-QuotedArgument $library) } } }
        }
    }

    $installed = Get-Command -Name pwsh -CommandType Application -All -ErrorAction Ignore | Where-Object Source -NotMatch $store | Select-Object -First 1
    if (-not $installed) {
        if ($PSHOME -match $store) {
            throw "This PowerShell is from the Microsoft Store ($PSHOME). A task cannot rely on it. " +
                'Install PowerShell 7.6 from its MSI package, and register the task from that PowerShell.'
        }

        throw "This PowerShell is hosted by $running, and there is no pwsh on PATH that a task could run. " +
            'Register the task from the PowerShell 7.6 that is to run it.'
    }

    @{ Execute = $installed.Source; Before = '' }
}

$given = [ordered]@{ Path = $Path; Collection = $Collection; Uri = $Uri; WorkingDirectory = $WorkingDirectory; Module = $Module; OnChanged = $OnChanged }
if ($DpapiKeyPath) { $given.DpapiKeyPath = $DpapiKeyPath }
$script = Join-Path $PSScriptRoot 'Invoke-ScheduledMigration.ps1'
if ($Prune) { $given.Prune = $true }
foreach ($name in $Parameter.Keys | Sort-Object) {
    if ($given.Contains($name)) { throw "-Parameter sets '$name', which is a parameter of this script. Use -$name instead." }
    $given[$name] = $Parameter[$name]
}
$quoted = foreach ($entry in $given.GetEnumerator()) {
    if ($entry.Value -is [bool] -or $entry.Value -is [switch]) { if ($entry.Value) { "-$($entry.Key)" } }
    else { '-{0} {1}' -f $entry.Key, (ConvertTo-QuotedArgument ([System.Management.Automation.LanguagePrimitives]::ConvertTo($entry.Value, [string]))) }
}
$powershell = Get-PowerShellCommand
# -File takes every value as one string. Lists and tables need -Command.
$needsCode = $given.Values.Where({ $_ -is [System.Collections.IEnumerable] -and $_ -isnot [string] }).Count -gt 0
$run = if ($needsCode) {
    $code = foreach ($entry in $given.GetEnumerator()) { '-{0}:({1})' -f $entry.Key, (ConvertTo-Literal $entry.Value) }
    '-Command {0}' -f (ConvertTo-QuotedArgument ('& {0} {1}; exit $LASTEXITCODE' -f (ConvertTo-Literal $script), ($code -join ' ')))
}
else {
    '-File {0} {1}' -f (ConvertTo-QuotedArgument $script), ($quoted -join ' ')
}
$argument = '{0}-NoProfile -NonInteractive {1}' -f $powershell.Before, $run

$action = New-ScheduledTaskAction -Execute $powershell.Execute -Argument $argument -WorkingDirectory $WorkingDirectory
$trigger = New-ScheduledTaskTrigger -Daily -At $At
$settings = New-ScheduledTaskSettingsSet -MultipleInstances IgnoreNew -StartWhenAvailable -RestartCount 3 -RestartInterval (New-TimeSpan -Minutes 10) `
    -ExecutionTimeLimit (New-TimeSpan -Hours 12)
$account = if ($PSCmdlet.ParameterSetName -eq 'Account') {
    @{ User = $Credential.UserName; Password = $Credential.GetNetworkCredential().Password; RunLevel = 'Limited' }
}
else {
    @{ Principal = New-ScheduledTaskPrincipal -UserId $UserId -LogonType Password -RunLevel Limited }
}

if ($PSCmdlet.ShouldProcess($TaskName, "Register the task: $argument")) {
    Register-ScheduledTask -TaskName $TaskName -Action $action -Trigger $trigger -Settings $settings @account
}
