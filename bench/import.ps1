<#
.SYNOPSIS
    What importing the module costs, beside an empty module of the same two-context shape.
.DESCRIPTION
    The empty module has one cmdlet that does nothing, a core in the default load context, its commands in a private one, and the same
    loader script. Every import is timed inside a new PowerShell, the modules by turns; the medians are compared. With -ReadyToRun a
    third copy is measured whose assemblies are compiled ahead of time. The table goes to bench/results/import.md.
.EXAMPLE
    ./bench/import.ps1
#>
[CmdletBinding()]
param(
    # Imports of each module.
    [ValidateRange(3, 99)]
    [int] $Times = 9,

    # Measure a copy that is compiled ahead of time for this platform, too.
    [switch] $ReadyToRun
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$root = Split-Path $PSScriptRoot
Import-Module (Join-Path $root 'tools/powershell/PowerShell.psm1')
$work = Join-Path $root 'artifacts/import'
Remove-Item -LiteralPath $work -Recurse -Force -ErrorAction Ignore

function New-EmptyModule {
    $folder = Join-Path $work 'empty'
    $private = New-Item -ItemType Directory (Join-Path $folder 'module/bin/private') -Force
    $loader = Get-Content -LiteralPath (Join-Path $root 'src/VectorMigration/Hosting/PrivateLoadContext.cs') -Raw
    $core = Join-Path $folder 'module/bin/Empty.dll'
    Add-Type -TypeDefinition ("#nullable enable`nusing System; using System.IO; using System.Linq; using System.Threading;`n" +
        $loader.Replace('VectorMigration', 'Empty')) -OutputAssembly $core -OutputType Library
    Add-Type -TypeDefinition 'using System.Management.Automation; [Cmdlet("Get", "Nothing")] public sealed class GetNothingCommand : PSCmdlet { }' `
        -OutputAssembly (Join-Path $private 'Empty.Commands.dll') -OutputType Library
    (Get-Content -LiteralPath (Join-Path $root 'module/VectorMigration.psm1') -Raw).Replace('VectorMigration', 'Empty') |
        Set-Content (Join-Path $folder 'module/Empty.psm1')
    New-ModuleManifest (Join-Path $folder 'Empty.psd1') -RootModule 'module/Empty.psm1' -CmdletsToExport 'Get-Nothing' -FunctionsToExport @() `
        -AliasesToExport @() -VariablesToExport @() -CompatiblePSEditions Core -PowerShellVersion 7.6
    Join-Path $folder 'Empty.psd1'
}

function New-CompiledModule {
    $folder = Join-Path $work 'compiled'
    $null = New-Item -ItemType Directory $folder
    Copy-Item (Join-Path $root 'VectorMigration.psd1'), (Join-Path $root 'module') -Destination $folder -Recurse
    $published = Join-Path $work 'published'
    $null = dotnet publish (Join-Path $root 'src/VectorMigration.Commands') -c Release --use-current-runtime --self-contained false `
        -p:PublishReadyToRun=true "-p:ModuleBin=$(Join-Path $work 'unused')/" --artifacts-path (Join-Path $work 'built') -o $published -v q
    if ($LASTEXITCODE -ne 0) { throw 'The module cannot be compiled ahead of time here.' }
    Get-ChildItem (Join-Path $folder 'module/bin') -Recurse -Filter *.dll | ForEach-Object { Copy-Item (Join-Path $published $_.Name) $_.FullName -Force }
    Join-Path $folder 'VectorMigration.psd1'
}

function Measure-Import([string] $Manifest) {
    $timed = '$watch = [System.Diagnostics.Stopwatch]::StartNew(); Import-Module $env:IMPORT_MANIFEST; ' +
        '$watch.Elapsed.TotalMilliseconds.ToString([cultureinfo]::InvariantCulture)'
    $env:IMPORT_MANIFEST = $Manifest
    [double]::Parse((Invoke-PowerShell -NoProfile -NonInteractive -Command $timed), [cultureinfo]::InvariantCulture)
}

function Get-Median([double[]] $Values) { ($Values | Sort-Object)[[Math]::Floor($Values.Count / 2)] }

$modules = [ordered]@{
    'an empty module of the same shape' = New-EmptyModule
    'VectorMigration'                   = Join-Path $root 'VectorMigration.psd1'
}
if ($ReadyToRun) {
    $modules['VectorMigration, compiled ahead of time'] = New-CompiledModule
}

$measured = @{}
$modules.Keys.ForEach({ $measured[$_] = [System.Collections.Generic.List[double]]::new() })
foreach ($turn in 0..$Times) {
    foreach ($name in $modules.Keys) {
        $time = Measure-Import $modules[$name]
        # The first turn only warms the file cache.
        if ($turn -gt 0) { $measured[$name].Add($time) }
    }
}

$reference = Get-Median $measured['an empty module of the same shape']
$lines = @(
    '# What an import costs'
    ''
    ("Made by ``bench/import.ps1``: Import-Module timed inside a new PowerShell $($PSVersionTable.PSVersion), $Times times each, by turns, " +
        "on $([Environment]::ProcessorCount) processors")
    ("($([System.Runtime.InteropServices.RuntimeInformation]::OSDescription)). The modules are compared with each other on the same machine " +
        "in the same minutes; the milliseconds are that machine's.")
    ''
    '| module | median | least | most | ratio of the medians |'
    '|---|---|---|---|---|'
)
$lines += foreach ($name in $modules.Keys) {
    $sorted = $measured[$name] | Sort-Object
    $median = Get-Median $sorted
    [string]::Format([cultureinfo]::InvariantCulture, '| {0} | {1:0} ms | {2:0} ms | {3:0} ms | {4:0.00} |', $name, $median, $sorted[0], $sorted[-1],
        $median / $reference)
}
$lines += '', 'The ratio of VectorMigration may be 1.5 at most.'
$lines | Set-Content (Join-Path $root 'bench/results/import.md')
$lines
$ratio = (Get-Median $measured['VectorMigration']) / $reference
exit [int]($ratio -gt 1.5)
