<#
.SYNOPSIS
Builds, tests and shows VectorMigration: the twin of build.sh over the same dotnet commands.
.EXAMPLE
./build.ps1 build
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory, Position = 0)]
    [ValidateSet('build', 'release', 'test', 'demo', 'check-fixtures', 'history', 'bench', 'bench-words', 'faults', 'fuzz', 'package', 'sign',
        'windows')]
    [string] $Task,

    # sign: the certificate with its private key (.pfx).
    [string] $Certificate,

    # sign: file whose only line is the password of the certificate.
    [string] $PasswordPath,

    # sign: address of a time stamp authority (RFC 3161).
    [string] $TimestampServer,

    # Passed on: test PART ..., windows --all, fuzz --count N --seed S, bench PART.
    [Parameter(ValueFromRemainingArguments)]
    [string[]] $Rest = @()
)

$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
# The files are named from where the command was given.
$Certificate = $Certificate ? $PSCmdlet.GetUnresolvedProviderPathFromPSPath($Certificate) : ''
$PasswordPath = $PasswordPath ? $PSCmdlet.GetUnresolvedProviderPathFromPSPath($PasswordPath) : ''
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
        $version = (Import-PowerShellDataFile VectorMigration.psd1).ModuleVersion
        $name = "vector-migration-$version-$([System.Runtime.InteropServices.RuntimeInformation]::RuntimeIdentifier)"
        $unpacked = "artifacts/archive/$name"
        Remove-Item -LiteralPath artifacts/archive -Recurse -Force -ErrorAction Ignore
        $null = New-Item -ItemType Directory $unpacked
        Copy-Item artifacts/release/* $unpacked -Recurse
        tar -czf "artifacts/$name.tar.gz" -C artifacts/archive $name
        Get-ChildItem "artifacts/$name.tar.gz"
    }
    'package' {
        dotnet build src/VectorMigration.Commands -c Release -v q
        Remove-Item -LiteralPath artifacts/package -Recurse -Force -ErrorAction Ignore
        dotnet pack tools/package -c Release -o artifacts/package -v q
        Get-ChildItem artifacts/package -Filter *.nupkg
    }
    'sign' {
        if (-not $Certificate) { throw 'Name the certificate: ./build.ps1 sign -Certificate signing.pfx [-PasswordPath signing.password].' }
        $package = @(Get-ChildItem artifacts/package -Filter *.nupkg -ErrorAction Ignore)
        if ($package.Count -ne 1) { throw 'There is no package to sign. Run ./build.ps1 package.' }
        ./tools/package/Sign-Package.ps1 -Package $package[0].FullName -Certificate $Certificate -PasswordPath $PasswordPath `
            -TimestampServer $TimestampServer
    }
    # The tests and the demo start a real Qdrant, whose pinned binary runs on Linux: there is one way to run them.
    default {
        bash ./build.sh $Task @Rest
    }
}
