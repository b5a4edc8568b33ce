# docs/install.md as it stands, and signed packages.
BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    # Without texts beside the index there is nothing to warn of.
    Remove-Item ./words.jsonl
    $page = Get-Content -LiteralPath (Join-Path $root 'docs/install.md') -Raw
    $version = (Import-PowerShellDataFile (Join-Path $root 'VectorMigration.psd1')).ModuleVersion

    function Get-Block([string] $Name) { [regex]::Match($page, "(?s)``````$Name\n(.*?)\n``````").Groups[1].Value }

    # The package that is tested, or one that is made here.
    function Copy-Package([string] $Folder) {
        $null = New-Item -ItemType Directory $Folder -Force
        $made = @(Get-ChildItem (Join-Path $root 'artifacts/package') -Filter *.nupkg -ErrorAction Ignore)
        if ($made.Count -eq 1) { Copy-Item $made[0].FullName $Folder }
        else { dotnet pack (Join-Path $root 'tools/package') -c Release -o $Folder -v q | Out-Null }
        (Get-ChildItem $Folder -Filter *.nupkg).FullName
    }

    # In a home of its own, so that nothing of this machine's is touched.
    function Invoke-AtHome([string] $PlaceOfHome, [string] $Script) {
        $kept = $env:HOME
        $env:HOME = $PlaceOfHome
        try {
            Push-Location $PlaceOfHome
            $said = Invoke-PowerShell -NoProfile -NonInteractive -Command "`$ErrorActionPreference = 'Stop'; $Script" 2>&1 | Out-String -Width 200
            [pscustomobject]@{ Said = $said; ExitCode = $LASTEXITCODE }
        }
        finally {
            Pop-Location
            $env:HOME = $kept
        }
    }

    # A certificate for code signing, made here and trusted by nobody: the file with its key, and the certificate alone.
    function New-Certificate([string] $Folder, [string] $Password) {
        $key = [System.Security.Cryptography.RSA]::Create(2048)
        $request = [System.Security.Cryptography.X509Certificates.CertificateRequest]::new('CN=VectorMigration test signing', $key,
            [System.Security.Cryptography.HashAlgorithmName]::SHA256, [System.Security.Cryptography.RSASignaturePadding]::Pkcs1)
        $usages = [System.Security.Cryptography.OidCollection]::new()
        $null = $usages.Add([System.Security.Cryptography.Oid]::new('1.3.6.1.5.5.7.3.3'))
        $request.CertificateExtensions.Add([System.Security.Cryptography.X509Certificates.X509EnhancedKeyUsageExtension]::new($usages, $true))
        $request.CertificateExtensions.Add([System.Security.Cryptography.X509Certificates.X509KeyUsageExtension]::new('DigitalSignature', $true))
        $made = $request.CreateSelfSigned([datetimeoffset]::UtcNow.AddDays(-1), [datetimeoffset]::UtcNow.AddDays(30))
        [System.IO.File]::WriteAllBytes("$Folder/signing.pfx", $made.Export('Pkcs12', $Password))
        Set-Content "$Folder/signing.pem" $made.ExportCertificatePem()
        Set-Content "$Folder/signing.password" $Password
    }
}

Describe 'docs/install.md' {
    It 'installs, updates and removes the module from the package, offline' {
        $home2 = (New-Item -ItemType Directory (Join-Path $TestDrive 'home of an operator')).FullName
        $null = Copy-Package "$home2/packages"
        # No proxy that works and no name that is found: whoever tries to reach a registry fails.
        $blocked = '$env:HTTPS_PROXY = $env:HTTP_PROXY = $env:ALL_PROXY = "http://127.0.0.1:1"; '
        $run = Invoke-AtHome $home2 (@(
                $blocked, (Get-Block 'powershell package'), '(Get-Module VectorMigration).ModuleBase', (Get-Block 'powershell update'),
                (Get-Block 'powershell remove'), "'still there:' + @(Get-InstalledPSResource VectorMigration -ErrorAction Ignore).Count") -join "`n")
        $run.ExitCode | Should -Be 0 -Because $run.Said
        $run.Said | Should -BeLike '*Invoke-VectorMigration*'
        $run.Said | Should -BeLike '*home of an operator*VectorMigration*'
        $run.Said | Should -BeLike '*still there:0*'
    }

    It 'installs the command line tool from the archive' {
        $block = Get-Block 'bash release'
        $name = [regex]::Match($block, 'vector-migration-\S+(?=\.tar\.gz)').Value
        $name | Should -BeLike "vector-migration-$version-*"
        $place = (New-Item -ItemType Directory (Join-Path $TestDrive 'release')).FullName
        $archive = Join-Path $root "artifacts/$name.tar.gz"
        if (Test-Path -LiteralPath $archive) { Copy-Item -LiteralPath $archive $place }
        else {
            # No native program was made here: the same archive of the program that was.
            $null = New-Item -ItemType Directory "$place/made"
            Copy-Item (Join-Path $root 'artifacts/cli') "$place/made/$name" -Recurse
            tar -czf "$place/$name.tar.gz" -C "$place/made" $name
        }

        $said = bash -c "set -e; export HOME='$place'; cd '$place'; $block" 2>&1 | Out-String
        $LASTEXITCODE | Should -Be 0 -Because $said
        $said | Should -BeLike "*$version*"
    }

    It 'names the version that this is' {
        [regex]::Matches($page, '\d+\.\d+\.\d+(?=\.nupkg|-linux)').Value | Sort-Object -Unique | Should -Be "$version"
    }
}

Describe 'A signed package' {
    BeforeAll {
        $place = (New-Item -ItemType Directory (Join-Path $TestDrive 'signing')).FullName
        $package = Copy-Package "$place/package"
        New-Certificate $place 'a-passw0rd-of-its-own'
        $sign = Join-Path $root 'tools/package/Sign-Package.ps1'
        $signer = Get-Command osslsigncode -ErrorAction Ignore
    }

    It 'is refused in one sentence where nothing can sign' {
        if ($IsWindows) { Set-ItResult -Skipped -Because 'NOT RUN: Windows can always sign'; return }
        $command = "`$env:PATH = '$place'; & '$sign' -Package '$package' -Certificate '$place/signing.pfx' -PasswordPath '$place/signing.password'"
        $said = Invoke-PowerShell -NoProfile -NonInteractive -Command $command 2>&1 | Out-String -Width 200
        $LASTEXITCODE | Should -Be 1
        # The screen of a child breaks lines as it likes.
        $said -replace '[\s|]+', ' ' | Should -BeLike '*Signing needs Windows, or osslsigncode 2.8 or later, which is not installed.*'
    }

    It 'has a signature in every script, manifest and view and in its own assemblies, and works as before' {
        if (-not $IsWindows -and -not $signer) {
            Set-ItResult -Skipped -Because 'NOT RUN: osslsigncode 2.8 or later is not installed (apt-get install osslsigncode)'
            return
        }

        $said = & $sign -Package $package -Certificate "$place/signing.pfx" -PasswordPath "$place/signing.password"
        $said | Should -BeLike '* files of VectorMigration.*.nupkg are signed.'
        Expand-Archive -LiteralPath $package "$place/unpacked"
        $files = Get-ChildItem "$place/unpacked" -Recurse -File | Where-Object Name -Match '\.(psd1|psm1|ps1xml)$|^VectorMigration.*\.dll$'
        $files.Count | Should -BeGreaterThan 7
        "$said" | Should -BeLike "$($files.Count) files*"
        foreach ($file in $files) {
            if ($IsWindows) { (Get-AuthenticodeSignature $file.FullName).SignerCertificate.Subject | Should -BeLike '*test signing*' }
            else {
                $proof = osslsigncode verify -CAfile "$place/signing.pem" -in $file.FullName 2>&1 | Out-String
                $LASTEXITCODE | Should -Be 0 -Because "$($file.Name): $proof"
            }
        }

        Invoke-PowerShell -NoProfile -NonInteractive -Command "Import-Module '$place/unpacked/VectorMigration.psd1'; (Get-FaissIndex ./words.faiss).Count" |
            Should -Be 10000
    }

    It 'is imported under AllSigned by a machine that trusts the certificate' {
        if (-not $IsWindows) { Set-ItResult -Skipped -Because 'NOT RUN: PowerShell enforces AllSigned on Windows only'; return }
        $trusted = [System.Security.Cryptography.X509Certificates.X509Certificate2]::CreateFromPem((Get-Content "$place/signing.pem" -Raw))
        $stores = 'Root', 'TrustedPublisher' | ForEach-Object { [System.Security.Cryptography.X509Certificates.X509Store]::new($_, 'CurrentUser') }
        try {
            foreach ($store in $stores) { $store.Open('ReadWrite'); $store.Add($trusted) }
            $import = "Import-Module '$place/unpacked/VectorMigration.psd1'; 'imported'"
            Invoke-PowerShell -NoProfile -NonInteractive -ExecutionPolicy AllSigned -Command $import | Should -Be imported
        }
        finally {
            foreach ($store in $stores) { $store.Remove($trusted); $store.Dispose() }
        }
    }
}
