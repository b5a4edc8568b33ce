<#
.SYNOPSIS
    Signs what PowerShell runs in a package: its scripts, manifests and views, and the module's own assemblies.
.DESCRIPTION
    Takes a certificate for code signing with its private key (.pfx). On Windows Set-AuthenticodeSignature signs; elsewhere, where PowerShell has no such
    cmdlet, osslsigncode (2.8 or later) does. The password is read from a file and stands in no command line. The package is replaced in one step.
    Assemblies of others stay as their publishers made them.
.EXAMPLE
    ./Sign-Package.ps1 -Package artifacts/package/VectorMigration.0.1.0.nupkg -Certificate signing.pfx -PasswordPath signing.password
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)]
    [string] $Package,

    [Parameter(Mandatory)]
    [string] $Certificate,

    # File whose only line is the password of the certificate; none for a certificate without one.
    [string] $PasswordPath,

    # Address of a time stamp authority (RFC 3161). Without one the signatures end with the certificate.
    [string] $TimestampServer
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $false

foreach ($file in @($Package, $Certificate, $PasswordPath) -ne '') {
    if (-not (Test-Path -LiteralPath $file -PathType Leaf)) { throw "There is no file '$file'." }
}

$Package = Convert-Path -LiteralPath $Package
$Certificate = Convert-Path -LiteralPath $Certificate
$password = $PasswordPath ? [System.IO.File]::ReadAllText((Convert-Path -LiteralPath $PasswordPath)).TrimEnd("`r", "`n") : ''

function Get-Signer {
    $tool = Get-Command osslsigncode -CommandType Application -ErrorAction Ignore | Select-Object -First 1
    $version = $tool ? [regex]::Match((& $tool.Source --version | Out-String), '\d+\.\d+').Value : $null
    if (-not $version -or [version] $version -lt [version] '2.8') {
        throw ('Signing needs Windows, or osslsigncode 2.8 or later' + ($version ? " (found: $version)." : ', which is not installed.'))
    }

    $tool.Source
}

function Add-Signature([string] $Path) {
    if ($IsWindows) {
        $more = $TimestampServer ? @{ TimestampServer = $TimestampServer } : @{}
        $signature = Set-AuthenticodeSignature -LiteralPath $Path -Certificate $signing -HashAlgorithm SHA256 @more
        if (-not $signature.SignerCertificate) { throw "$Path was not signed: $($signature.StatusMessage)" }
        return
    }

    # A file that is signed already is signed anew.
    $given = @($PasswordPath ? '-readpass', (Convert-Path -LiteralPath $PasswordPath) : '-pass', '')
    $given += @($TimestampServer ? '-ts', $TimestampServer : @())
    $said = & $signer sign -pkcs12 $Certificate @given -h sha256 -n VectorMigration -in $Path -out "$Path.signed" 2>&1 | Out-String
    if ($LASTEXITCODE -ne 0) { throw "$Path was not signed: $($said.Trim())" }
    Move-Item -LiteralPath "$Path.signed" -Destination $Path -Force
}

if ($IsWindows) {
    $secret = [System.Security.SecureString]::new()
    $password.ToCharArray().ForEach({ $secret.AppendChar($_) })
    $signing = Get-PfxCertificate -FilePath $Certificate -Password $secret -NoPromptForPassword
}
else {
    $signer = Get-Signer
}

$work = [System.IO.Directory]::CreateTempSubdirectory('sign-package-').FullName
$signed = 0
try {
    $copy = Join-Path $work 'package.zip'
    Copy-Item -LiteralPath $Package -Destination $copy
    $archive = [System.IO.Compression.ZipFile]::Open($copy, 'Update')
    try {
        $names = @($archive.Entries.FullName -match '\.(psd1|psm1|ps1|ps1xml)$|(^|/)VectorMigration[^/]*\.dll$')
        foreach ($name in $names) {
            $entry = $archive.GetEntry($name)
            $path = Join-Path $work (Split-Path $name -Leaf)
            [System.IO.Compression.ZipFileExtensions]::ExtractToFile($entry, $path, $true)
            Add-Signature $path
            $entry.Delete()
            $null = [System.IO.Compression.ZipFileExtensions]::CreateEntryFromFile($archive, $path, $name)
            Remove-Item -LiteralPath $path
            $signed++
        }
    }
    finally {
        $archive.Dispose()
    }

    Move-Item -LiteralPath $copy -Destination $Package -Force
}
finally {
    Remove-Item -LiteralPath $work -Recurse -Force
}

"$signed files of $(Split-Path $Package -Leaf) are signed."
