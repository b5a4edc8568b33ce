<#
.SYNOPSIS
    Checks every script of the repository: that it can be parsed, and, where PSScriptAnalyzer is, our rules.
    The last line says what was checked, and what could not be.
#>
[CmdletBinding()]
param()

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$root = Split-Path (Split-Path $PSScriptRoot)
$scripts = Get-ChildItem -LiteralPath $root -Recurse -Include *.ps1, *.psm1, *.psd1 |
    Where-Object { $_.FullName.Substring($root.Length) -notmatch '[\\/](bin|obj|artifacts|node_modules|\.git)[\\/]' }

$failed = 0
foreach ($script in $scripts) {
    $problems = $null
    $null = [System.Management.Automation.Language.Parser]::ParseFile($script.FullName, [ref] $null, [ref] $problems)
    foreach ($problem in $problems) {
        $failed++
        "$($script.FullName.Substring($root.Length + 1)):$($problem.Extent.StartLineNumber): $($problem.Message)"
    }
}

$analyser = Get-Module -ListAvailable -Name PSScriptAnalyzer | Select-Object -First 1
if ($analyser) {
    Import-Module $analyser
    foreach ($script in $scripts) {
        foreach ($finding in Invoke-ScriptAnalyzer -Path $script.FullName -Settings (Join-Path $root 'PSScriptAnalyzerSettings.psd1')) {
            $failed++
            "$($script.FullName.Substring($root.Length + 1)):$($finding.Line): $($finding.RuleName): $($finding.Message)"
        }
    }

    "$($scripts.Count) scripts parsed and analysed by PSScriptAnalyzer $($analyser.Version), $failed findings"
}
else {
    '!!! NOT RUN: PSScriptAnalyzer, because it is not installed here (Install-PSResource PSScriptAnalyzer). ' +
        "$($scripts.Count) scripts were parsed only, $failed findings"
}

exit [int]($failed -gt 0)
