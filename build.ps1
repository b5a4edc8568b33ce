<#
.SYNOPSIS
Builds, tests and shows VectorMigration: the twin of build.sh over the same dotnet commands.
.EXAMPLE
./build.ps1 build
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory, Position = 0)]
    [ValidateSet('build', 'release', 'test', 'demo', 'check-fixtures', 'history', 'bench', 'bench-words', 'faults', 'fuzz', 'package')]
    [string] $Task,

    # Passed on: test PART ..., fuzz --count N --seed S, bench PART.
    [Parameter(ValueFromRemainingArguments)]
    [string[]] $Rest = @()
)

$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
Set-Location -LiteralPath $PSScriptRoot

if (-not (Get-Command -Name dotnet -ErrorAction Ignore)) {
    throw 'dotnet is missing. Install the .NET SDK 10 (https://dotnet.microsoft.com/download).'
}

switch ($Task) {
    'build' {
        dotnet publish src/VectorMigration.Cli -c Release --use-current-runtime --self-contained false -o artifacts/cli -v q
        dotnet build src/VectorMigration.Commands -c Release -v q
    }
    'release' {
        Remove-Item -LiteralPath artifacts/release -Recurse -Force -ErrorAction Ignore
        dotnet publish src/VectorMigration.Cli -c Release --use-current-runtime -p:Native=true -p:DebugType=none `
            --artifacts-path artifacts/release-build -o artifacts/release -v q
    }
    'package' {
        dotnet build src/VectorMigration.Commands -c Release -v q
        Remove-Item -LiteralPath artifacts/package -Recurse -Force -ErrorAction Ignore
        dotnet pack tools/package -c Release -o artifacts/package -v q
        Get-ChildItem artifacts/package -Filter *.nupkg
    }
    # The tests and the demo start a real Qdrant, whose pinned binary runs on Linux: there is one way to run them.
    default {
        bash ./build.sh $Task @Rest
    }
}
