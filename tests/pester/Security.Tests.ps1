BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    # Without texts beside the index there is nothing to warn of.
    Remove-Item ./words.jsonl

    # An authority of our own and a certificate that it signs for 127.0.0.1.
    function New-TestCertificate {
        $from, $until = [datetimeoffset]::UtcNow.AddHours(-1), [datetimeoffset]::UtcNow.AddHours(2)
        $curve = [System.Security.Cryptography.ECCurve+NamedCurves]::nistP256
        $sha = [System.Security.Cryptography.HashAlgorithmName]::SHA256
        $authority = [System.Security.Cryptography.X509Certificates.CertificateRequest]::new('CN=Test authority',
            [System.Security.Cryptography.ECDsa]::Create($curve), $sha)
        $authority.CertificateExtensions.Add([System.Security.Cryptography.X509Certificates.X509BasicConstraintsExtension]::new($true, $false, 0, $true))
        $root = $authority.CreateSelfSigned($from, $until)
        $key = [System.Security.Cryptography.ECDsa]::Create($curve)
        $request = [System.Security.Cryptography.X509Certificates.CertificateRequest]::new('CN=qdrant', $key, $sha)
        $names = [System.Security.Cryptography.X509Certificates.SubjectAlternativeNameBuilder]::new()
        $names.AddIpAddress([ipaddress]::Loopback)
        $request.CertificateExtensions.Add($names.Build($false))
        $leaf = $request.Create($root, $from, $until, [byte[]](1, 2, 3, 4))
        Set-Content ./ca.pem $root.ExportCertificatePem()
        Set-Content ./cert.pem $leaf.ExportCertificatePem()
        Set-Content ./key.pem $key.ExportPkcs8PrivateKeyPem()
    }

    # Every stream, the errors with all their properties, and every file of the folder except the key file.
    function Get-Trace([scriptblock] $Script) {
        $Error.Clear()
        $said = try { & $Script *>&1 | Out-String -Width 500 } catch { $_ | Format-List * -Force | Out-String -Width 500 }
        $errors = $Error | ForEach-Object { $_ | Format-List * -Force; $_.Exception | Format-List * -Force; "$($_.Exception)" } | Out-String -Width 500
        $files = Get-ChildItem ./traces -Recurse -File -ErrorAction Ignore | ForEach-Object { Get-Content -LiteralPath $_.FullName -Raw }
        $said, $errors, $files -join "`n"
    }
}

Describe 'Secrets' {
    BeforeAll { $own = Start-TestServer -ApiKey 'pester-k3y-not-to-be-seen' }

    AfterAll {
        $env:QDRANT_API_KEY = $null
        $null = Connect-Qdrant $url
        Stop-TestServer $own
    }

    It 'are in no stream, error, log, journal or summary of a run that <Name>' -ForEach @(
        @{ Name = 'succeeds'; Key = 'pester-k3y-not-to-be-seen'; Expected = 'Completed'; Script = {
            Invoke-VectorMigration ./words.faiss secret -First 100 -LogDirectory ./traces -Verbose -Debug } }
        @{ Name = 'has a wrong key'; Key = 'another-pester-k3y'; Expected = 'WrongApiKey'; Script = {
            Invoke-VectorMigration ./words.faiss secret -First 100 -LogDirectory ./traces -Verbose -Debug } }
        @{ Name = 'has a wrong key in a pipeline'; Key = 'another-pester-k3y'; Expected = 'WrongApiKey'; Script = { Get-FaissVector ./words.faiss -First 10 |
            Send-QdrantBatch secret -LogDirectory ./traces -JournalPath ./traces/j -Verbose -Debug } }
        @{ Name = 'tunes with a wrong key'; Key = 'another-pester-k3y'; Expected = 'WrongApiKey'; Script = {
            Optimize-VectorMigration ./words.faiss secret -TimeBudgetSec 5 -Verbose -Debug } }
        @{ Name = 'meets another journal'; Key = 'pester-k3y-not-to-be-seen'; Expected = 'JournalDiffers'; Script = {
            Invoke-VectorMigration ./words.faiss secret -IdMapping Uuid5 -LogDirectory ./traces -Verbose -Debug } }
        @{ Name = 'meets a collection that differs'; Key = 'pester-k3y-not-to-be-seen'; Expected = 'CollectionDiffers'; Script = {
            Invoke-VectorMigration ./words.faiss secret -Distance Dot -LogDirectory ./traces -Verbose -Debug } }
        @{ Name = 'verifies what is not there'; Key = 'pester-k3y-not-to-be-seen'; Expected = 'CollectionMissing'; Script = {
            Test-VectorMigration ./words.faiss nowhere -Verbose -Debug } }
    ) {
        $env:QDRANT_API_KEY = $Key
        $env:QDRANT_URL = $own.Uri
        try {
            Disconnect-Qdrant
            $trace = Get-Trace $Script
            $trace | Should -BeLike "*$Expected*"
            $trace | Should -Not -BeLike "*$Key*"
        }
        finally {
            $env:QDRANT_API_KEY = $null
            $env:QDRANT_URL = $null
        }
    }

    It 'are in no trace of a server that is lost half-way' {
        $lost = Start-TestServer -ApiKey 'pester-k3y-not-to-be-seen'
        $env:QDRANT_API_KEY = 'pester-k3y-not-to-be-seen'
        try {
            $trace = Get-Trace {
                $count = 0
                Get-FaissVector ./words.faiss -First 3000 |
                    Send-QdrantBatch secret -Uri $lost.Uri -BatchSize 20 -BatchDelay 0.02 -TimeoutSec 2 -GiveUpAfterSec 3 -LogDirectory ./traces/lost `
                        -JournalPath ./traces/lost/j -Verbose -Debug -WarningAction Continue |
                    ForEach-Object { if (++$count -eq 5) { Stop-TestServer $lost }; $_ }
            }
            $trace | Should -Match 'ConnectionLost|NoServer|ServerLost|ServerUnavailable'
            $trace | Should -Not -BeLike '*pester-k3y*'
        }
        finally {
            $env:QDRANT_API_KEY = $null
            Stop-TestServer $lost
        }
    }
}

Describe 'TLS' {
    BeforeAll {
        New-TestCertificate
        $secure = Start-TestServer -ApiKey 'pester-tls-k3y' -Certificate "$PWD/cert.pem" -CertificateKey "$PWD/key.pem"
        $key = ConvertTo-SecureString 'pester-tls-k3y' -AsPlainText -Force
    }

    AfterAll {
        $null = Connect-Qdrant $url
        Stop-TestServer $secure
    }

    It 'refuses a certificate that nobody vouches for' {
        $failure = Get-Failure { Connect-Qdrant $secure.Uri -ApiKey $key }
        $failure.FullyQualifiedErrorId | Should -BeLike 'TlsFailed,*'
        $failure | Out-String | Should -Not -BeLike '*pester-tls-k3y*'
    }

    It 'takes an authority of one''s own by file, without a warning' {
        $connection = Connect-Qdrant $secure.Uri -ApiKey $key -CaCertificatePath ./ca.pem -WarningVariable warnings -WarningAction SilentlyContinue
        $warnings | Should -BeNullOrEmpty
        (Get-FaissVector ./words.faiss -First 10 | Send-QdrantBatch tls -Connection $connection).Status | Should -Be Completed
    }

    It 'leaves the check out with its switch only, and warns' {
        $null = Connect-Qdrant $secure.Uri -ApiKey $key -SkipCertificateCheck -WarningVariable warnings -WarningAction SilentlyContinue
        $warnings | Should -Match 'certificate'
    }

    It 'says that a file holds no certificate' {
        Set-Content ./none.pem 'nothing'
        (Get-Failure { Connect-Qdrant $secure.Uri -CaCertificatePath ./none.pem }).ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }
}

Describe 'A local server' {
    It 'listens on loopback only and is given no key of ours' {
        $env:QDRANT_API_KEY = 'pester-k3y-for-another-server'
        $server = $null
        try {
            $server = Start-QdrantLocal -PassThru -WarningAction Ignore
            $port = ([uri] "$($server.Connection.Uri)").Port
            $listening = @([System.Net.NetworkInformation.IPGlobalProperties]::GetIPGlobalProperties().GetActiveTcpListeners() | Where-Object Port -EQ $port)
            $listening.Count | Should -Be 1
            "$($listening[0].Address)" | Should -Be '127.0.0.1'
            [System.IO.File]::ReadAllText("/proc/$($server.ProcessId)/environ") | Should -Not -BeLike '*pester-k3y*'
            [System.IO.File]::ReadAllText("/proc/$($server.ProcessId)/cmdline") | Should -Not -BeLike '*pester-k3y*'
        }
        finally {
            $env:QDRANT_API_KEY = $null
            if ($server) { $server | Stop-QdrantLocal }
            $null = Connect-Qdrant $url
        }
    }
}
