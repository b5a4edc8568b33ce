# How to start another PowerShell like the one that runs this, whichever way it was installed.
Set-StrictMode -Version 3

# The program and what stands before its arguments. PowerShell as a dotnet tool is no program of its own: dotnet runs its pwsh.dll. Through the
# tool's shim it would be a process behind the one that was started, which signals do not reach.
function Get-PowerShellCommand {
    $program = [System.Environment]::ProcessPath
    $program
    if ([System.IO.Path]::GetFileNameWithoutExtension($program) -eq 'dotnet') { Join-Path $PSHOME 'pwsh.dll' }
}

# Runs a PowerShell to its end, like the command pwsh: all arguments are its own.
function Invoke-PowerShell {
    $program, $library = Get-PowerShellCommand
    if ($library) { & $program $library @args } else { & $program @args }
}

# For a PowerShell whose process matters: one process, whose id is PowerShell's. -Through names a command that becomes it, with its arguments.
function New-PowerShellStart {
    [CmdletBinding()]
    param([Parameter(Mandatory)] [string[]] $Arguments, [string[]] $Through = @())

    $program, $rest = @($Through) + @(Get-PowerShellCommand) + $Arguments
    $start = [System.Diagnostics.ProcessStartInfo]::new($program, [string[]] $rest)
    $start.RedirectStandardOutput = $true
    $start
}

Export-ModuleMember -Function Get-PowerShellCommand, Invoke-PowerShell, New-PowerShellStart
