#Requires -Version 7.6
<#
.SYNOPSIS
    Runs one migration as a scheduled job, with a working directory, a transcript, a protected key and an exit code.
.DESCRIPTION
    The key never comes from an argument. It comes from one of three places: a file protected by DPAPI (Windows only; created with
    Read-Host -AsSecureString | Export-Clixml by the account that runs the job, on the machine that runs it), a secret of
    Microsoft.PowerShell.SecretManagement, or a file that only the job can read (a systemd credential).
    Other parameters of Invoke-VectorMigration, -PayloadKey or -BatchDelay for example, are passed on to it.
    The exit code is that of the migration. It is 2 if the migration was refused, or the job could not start it. It is 3 if Ctrl+C (SIGINT) or
    SIGTERM stopped the job: start the job again, and it resumes from the journal.
.EXAMPLE
    ./Invoke-ScheduledMigration.ps1 -Path ./words.faiss -Collection words -Uri https://qdrant.example:6334 -WorkingDirectory D:\migration `
        -DpapiKeyPath .\qdrant.key.xml
.EXAMPLE
    ./Invoke-ScheduledMigration.ps1 -Path ./words.faiss -Collection words -Uri https://qdrant.example:6334 -WorkingDirectory D:\migration `
        -ApiKeyPath .\qdrant.key -PayloadPath .\words.jsonl -PayloadKey id -BatchDelay 0.5
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

    # What to do when the index has changed since the last run.
    [ValidateSet('Refuse', 'Sync', 'Restart')]
    [string] $OnChanged = 'Sync',

    # With Sync: delete the points that earlier runs wrote and that are no longer in the index.
    [switch] $Prune,

    [string] $DpapiKeyPath,

    [string] $SecretName,

    # A file that contains the key and nothing else.
    [Alias('KeyPath')]
    [string] $ApiKeyPath,

    # The name of the module, or the path of its manifest.
    [string] $Module = 'VectorMigration'
)

dynamicparam {
    $passed = [System.Management.Automation.RuntimeDefinedParameterDictionary]::new()
    $single = [System.Management.Automation.ParameterAttribute]
    try {
        # Defaults are not set yet at this point.
        $name = if ($Module) { $Module } else { 'VectorMigration' }
        Import-Module $name -ErrorAction Stop
    }
    catch {
        # The job reports it below, and not an unknown parameter here.
        $passed.Add('Unknown', [System.Management.Automation.RuntimeDefinedParameter]::new('Unknown', [object[]], $single::new()))
        $passed.Unknown.Attributes[0].ValueFromRemainingArguments = $true
        return $passed
    }

    $own = @($MyInvocation.MyCommand.ScriptBlock.Ast.ParamBlock.Parameters.Name.VariablePath.UserPath) +
        [System.Management.Automation.PSCmdlet]::CommonParameters + 'LiteralPath', 'Connection', 'Confirm'
    foreach ($parameter in (Get-Command Invoke-VectorMigration).Parameters.Values | Where-Object Name -NotIn $own) {
        $attributes = @($single::new()) + @($parameter.Attributes | Where-Object { $_ -isnot $single })
        $passed.Add($parameter.Name, [System.Management.Automation.RuntimeDefinedParameter]::new($parameter.Name, $parameter.ParameterType, $attributes))
    }

    $passed
}

end {
    Set-StrictMode -Version 3
    $ErrorActionPreference = 'Stop'
    $ProgressPreference = 'SilentlyContinue'
    $recorded = $false
    # A job that is stopped skips the rest, except finally. It can be resumed.
    $exitCode = 3
    $stopped = $true
    try {
        if (-not (Test-Path -LiteralPath $WorkingDirectory -PathType Container)) {
            throw "The working directory '$WorkingDirectory' is not a folder. Create it, or correct -WorkingDirectory."
        }

        Set-Location -LiteralPath $WorkingDirectory
        $null = Start-Transcript -Path (Join-Path 'transcripts' ('{0:yyyyMMdd-HHmmss}-{1}.txt' -f [datetime]::UtcNow, $PID))
        $recorded = $true
        try { Import-Module $Module }
        catch [System.IO.FileNotFoundException] {
            throw "The module '$Module' is not installed for the account that runs this job ($([System.Environment]::UserName)). Install it for all users " +
                'as docs/install.md shows (Install-PSResource VectorMigration -Repository VectorMigrationFiles -Scope AllUsers), or name its manifest, ' +
                'VectorMigration.psd1, with -Module.'
        }

        $key = @{}
        if ($DpapiKeyPath) {
            if (-not $IsWindows) { throw 'DPAPI works only on Windows. On other systems, Export-Clixml does not encrypt. Use -ApiKeyPath or -SecretName.' }
            try { $key.ApiKey = Import-Clixml -LiteralPath $DpapiKeyPath }
            catch [System.Security.Cryptography.CryptographicException], [System.Xml.XmlException] {
                throw "The key file '$DpapiKeyPath' cannot be decrypted. Only the account that created it can read it, and only on the machine where it was " +
                    "created. Create it again as $([System.Environment]::UserDomainName)\$([System.Environment]::UserName) on this machine: " +
                    "Read-Host -AsSecureString | Export-Clixml '$DpapiKeyPath'"
            }

            if ($key.ApiKey -isnot [securestring]) {
                throw "The key file '$DpapiKeyPath' does not contain a protected key. Create it with Read-Host -AsSecureString | Export-Clixml '$DpapiKeyPath'."
            }
        }
        elseif ($SecretName) {
            $key.ApiKey = Get-Secret -Name $SecretName
        }
        elseif ($ApiKeyPath) {
            $key.ApiKeyPath = $ApiKeyPath
        }

        $null = Connect-Qdrant $Uri @key
        $more = @{ OnChanged = $OnChanged }
        $own = $MyInvocation.MyCommand.ScriptBlock.Ast.ParamBlock.Parameters.Name.VariablePath.UserPath
        $PSBoundParameters.GetEnumerator() | Where-Object Key -NotIn $own | ForEach-Object { $more[$_.Key] = $_.Value }
        if ($Prune) {
            # A scheduled job cannot answer a prompt.
            $more.Prune = $true
            $more.Confirm = $false
        }

        $more.ErrorAction = 'Continue'
        $more.ErrorVariable = 'failures'
        $failures = @()
        $result = Invoke-VectorMigration -Path $Path -Collection $Collection @more
        $result | Out-String -Width 120 | Write-Output
        # With -WhatIf there is no result.
        $exitCode = if ($result) { $result.ExitCode } elseif ($failures) { 2 } else { 0 }
        $stopped = $false
    }
    catch {
        $exitCode = 2
        $stopped = $false
        # The message and the next step come first. An unforeseen error also shows its stack. What this script throws is a text and its own id.
        $next = if ($_.ErrorDetails) { $_.ErrorDetails.RecommendedAction }
        "Error: $_"
        if ($next) { "Next:  $next" }
        if ($_.FullyQualifiedErrorId -ne "$_") {
            "Id:    $($_.FullyQualifiedErrorId)"
            if (-not $next) { $_.ScriptStackTrace }
        }
    }
    finally {
        # A stopped cmdlet can write to the console, but not to a transcript.
        if ($stopped) { Write-Warning 'The job was stopped. Start it again. It resumes from the journal. The log of the run shows how far it came.' }
        if (Get-Command Disconnect-Qdrant -ErrorAction Ignore) { Disconnect-Qdrant }
        if ($recorded) { $null = Stop-Transcript }
        # Here, because nothing after finally runs in a job that is stopped: PowerShell would end with 0.
        exit $exitCode
    }
}
