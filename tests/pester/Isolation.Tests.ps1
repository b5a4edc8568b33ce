# The module's dependencies live in a load context of their own: a session that has loaded other versions of them keeps these, and both work.
BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $others = Join-Path $root 'tests/OtherVersions/bin/Release/net10.0'
    if (-not (Test-Path (Join-Path $others 'Polly.Core.dll'))) {
        throw 'Build tests/OtherVersions first (dotnet build Migration.sln -c Release): it brings the other versions.'
    }

    # Runs in a PowerShell of its own. What it emits are the versions that were loaded, and whether each works.
    $session = {
        param($others, $manifest, $folder, $url, $before)
        $ErrorActionPreference = 'Stop'
        function Use-Other {
            $null = 'Google.Protobuf', 'Polly.Core', 'Grpc.Core.Api', 'Grpc.Net.Client' |
                ForEach-Object { [System.Reflection.Assembly]::LoadFrom("$others/$_.dll") }
        }

        function Test-Other {
            $time = [Google.Protobuf.WellKnownTypes.Timestamp]::new()
            $time.Seconds = 1234567
            $bytes = [Google.Protobuf.MessageExtensions]::ToByteArray($time)
            $read = [Google.Protobuf.WellKnownTypes.Timestamp]::Parser.ParseFrom([byte[]] $bytes)
            $script:calls = 0
            $options = [Polly.Retry.RetryStrategyOptions]::new()
            $options.Delay = [timespan]::Zero
            $builder = [Polly.RetryResiliencePipelineBuilderExtensions]::AddRetry([Polly.ResiliencePipelineBuilder]::new(), $options)
            $builder.Build().Execute([Action] { $script:calls++; if ($script:calls -lt 3) { throw 'again' } })
            $channel = [Grpc.Net.Client.GrpcChannel]::ForAddress('http://127.0.0.1:1')
            "protobuf $($read.Seconds), polly $script:calls, grpc $($channel.Target)"
            $channel.Dispose()
        }

        function Test-Ours {
            Set-Location $folder
            $results = Get-FaissVector ./words.faiss -First 200 | Send-QdrantBatch "isolated-$before" -Uri $url
            "ours $(($results | Measure-Object Count -Sum).Sum) $(Test-VectorMigration ./words.faiss "isolated-$before" -First 200 -Uri $url)"
        }

        if ($before) { Use-Other; Test-Other }
        Import-Module $manifest
        Test-Ours
        if (-not $before) { Use-Other }
        Test-Other
        Test-Ours
        foreach ($name in 'Google.Protobuf', 'Polly.Core', 'Grpc.Core.Api', 'Grpc.Net.Client') {
            $loaded = [AppDomain]::CurrentDomain.GetAssemblies().Where({ $_.GetName().Name -eq $name })
            # Assembly versions of a package hardly move; file versions do.
            "$name " + ($loaded.ForEach({ [System.Diagnostics.FileVersionInfo]::GetVersionInfo($_.Location).FileVersion }) | Sort-Object -Unique |
                Join-String -Separator ' and ')
        }
    }

    function Get-FileVersion([string] $Path) { [System.Diagnostics.FileVersionInfo]::GetVersionInfo($Path).FileVersion }
}

Describe 'A session with other versions of our dependencies' {
    It 'has both working, when they were loaded <When>' -ForEach @(
        @{ When = 'before the module'; Before = $true; Expected = 'protobuf 1234567, polly 3, grpc 127.0.0.1:1', 'ours 200 True',
            'protobuf 1234567, polly 3, grpc 127.0.0.1:1', 'ours 200 True' }
        @{ When = 'after it'; Before = $false; Expected = 'ours 200 True', 'protobuf 1234567, polly 3, grpc 127.0.0.1:1', 'ours 200 True' }
    ) {
        $said = Invoke-PowerShell -NoProfile -NonInteractive -Command $session -args $others, $manifest, $TestDrive, $url, $Before
        $said[0..($Expected.Count - 1)] | Should -Be $Expected
        foreach ($name in 'Google.Protobuf', 'Polly.Core', 'Grpc.Core.Api', 'Grpc.Net.Client') {
            $theirs = Get-FileVersion (Join-Path $others "$name.dll")
            $ours = Get-FileVersion (Join-Path $moduleRoot "module/bin/private/$name.dll")
            $theirs | Should -Not -Be $ours
            $said | Where-Object { $_ -like "$name *" } | Should -Be "$name $((@($theirs, $ours) | Sort-Object) -join ' and ')"
        }
    }
}

Describe 'The module in every kind of worker' {
    It 'works in a thread job, with a connection that it is given' {
        $connection = Connect-Qdrant $url
        $sent = Start-ThreadJob {
            Import-Module $using:manifest
            Get-FaissVector $using:TestDrive/words.faiss -First 30 | Send-QdrantBatch from-thread -Connection $using:connection
        } | Receive-Job -Wait -AutoRemoveJob
        $sent.Count | Should -Be 30
        Disconnect-Qdrant
    }

    It 'shares a connection among parallel runspaces' {
        $connection = Connect-Qdrant $url
        $counts = 0..3 | ForEach-Object -Parallel {
            Import-Module $using:manifest
            (Get-FaissVector $using:TestDrive/words.faiss -Skip ($_ * 100) -First 100 | Send-QdrantBatch in-parallel -Connection $using:connection |
                Measure-Object Count -Sum).Sum
        }
        $counts | Should -Be 100, 100, 100, 100
        Disconnect-Qdrant
        Test-VectorMigration ./words.faiss in-parallel -First 400 | Should -BeTrue
    }

    It 'gives each runspace a session connection of its own' {
        $null = Connect-Qdrant $url
        1 | ForEach-Object -Parallel { Import-Module $using:manifest; @(Get-QdrantConnection).Count } | Should -Be 0
        Disconnect-Qdrant
    }

    It 'works in a background job, and its results come back as properties' {
        $result = Start-Job { Import-Module $using:manifest;
            Invoke-VectorMigration ./words.faiss from-job -Uri $using:url -First 20 -LogDirectory ./job-logs } -WorkingDirectory $TestDrive |
                Receive-Job -Wait -AutoRemoveJob
        $result.ExitCode | Should -Be 0
        $result.Counts.Sent | Should -Be 20
    }
}
