# However a pipeline ends, nothing is left in flight and the state is as documented.
BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')

    Disconnect-Qdrant
    # A server of its own: other test files may have left a session's connection open.
    $quiet = Start-TestServer
    $url = $env:QDRANT_URL = $quiet.Uri
    $grpcPort = $quiet.GrpcPort

    # Nothing in flight: the cmdlet's own connections are closed, and the number of points stands still from then on.
    # Nothing of ours may be open any more. What the server had received whole it may still apply, so the count is looked at once it stands still.
    function Assert-Quiet([string] $Collection) {
        Wait-Until { (Get-OpenConnection $grpcPort) -eq 0 } | Should -BeTrue -Because 'no connection may stay open'
        Wait-Until {
            $before = Get-PointCount $Collection
            Start-Sleep -Milliseconds 300
            (Get-PointCount $Collection) -eq $before
        } | Should -BeTrue -Because 'nothing may arrive any more'
        Get-PointCount $Collection
    }

    # Runs a script in a runspace of its own and stops it, as Ctrl+C does, once the condition holds.
    function Stop-Midway([string] $Script, [scriptblock] $When) {
        $shell = [powershell]::Create()
        try {
            $null = $shell.AddScript("Import-Module '$manifest'; Set-Location '$TestDrive'; `$env:QDRANT_URL = '$url'; $Script")
            $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
            $running = $shell.BeginInvoke($output, $output)
            Wait-Until { & $When $output } | Should -BeTrue
            $shell.Stop()
            $running.AsyncWaitHandle.WaitOne() | Should -BeTrue
            $shell.InvocationStateInfo.State | Should -Be Stopped
        }
        finally {
            $shell.Dispose()
        }
    }
}

AfterAll {
    $env:QDRANT_URL = $env:VECTORMIGRATION_TEST_URL
    Stop-TestServer $quiet
}

Describe 'Send-QdrantBatch' {
    It 'ends normally with everything acknowledged' {
        $results = Get-FaissVector ./words.faiss -First 1000 | Send-QdrantBatch -Collection exit-normal
        ($results | Measure-Object Count -Sum).Sum | Should -Be 1000
        $results.Status | Sort-Object -Unique | Should -Be Completed
        Assert-Quiet exit-normal | Should -Be 1000
    }

    It 'does nothing with -WhatIf' {
        Get-FaissVector ./words.faiss | Send-QdrantBatch -Collection exit-whatif -WhatIf | Should -BeNullOrEmpty
        (Get-Failure { Test-VectorMigration ./words.faiss -Collection exit-whatif -Detailed }).FullyQualifiedErrorId | Should -BeLike 'CollectionMissing,*'
    }

    It 'stops when Select-Object has enough' {
        $first = Get-FaissVector ./words.faiss | Send-QdrantBatch -Collection exit-first -BatchSize 10 | Select-Object -First 1
        $first.Count | Should -Be 10
        Assert-Quiet exit-first | Should -BeLessThan 10000
    }

    It 'stops when a cmdlet behind it throws' {
        $failure = Get-Failure { Get-FaissVector ./words.faiss | Send-QdrantBatch -Collection exit-throw -BatchSize 10 | ForEach-Object { throw 'enough' } }
        $failure.Exception.Message | Should -Be enough
        Assert-Quiet exit-throw | Should -BeLessThan 10000
    }

    It 'stops at the first bad vector with -ErrorAction Stop' {
        $failure = Get-Failure {
            & {
                Get-FaissVector ./words.faiss -First 150
                @{ Id = 1; Vector = @(1..99) + [float]::NaN }
                Get-FaissVector ./words.faiss -Skip 150
            } | Send-QdrantBatch -Collection exit-stop -BatchSize 10 -ErrorAction Stop
        }
        $failure.FullyQualifiedErrorId | Should -BeLike 'NonFiniteComponent,*'
        $failure.CategoryInfo.Category | Should -Be InvalidData
        Assert-Quiet exit-stop | Should -BeLessOrEqual 150
    }

    It 'stops at Ctrl+C' {
        Stop-Midway 'Get-FaissVector ./words.faiss | Send-QdrantBatch -Collection exit-ctrlc -BatchSize 10 -BatchDelay 0.2' {
            param($output) $output.Count -gt 0 }
        Assert-Quiet exit-ctrlc | Should -BeLessThan 10000
    }

    It 'ends with the failed batch and a terminating error when the server is killed' {
        $own = Start-TestServer
        try {
            $results = [System.Collections.Generic.List[object]]::new()
            $failure = Get-Failure {
                Get-FaissVector ./words.faiss |
                    Send-QdrantBatch -Collection lost -Uri $own.Uri -BatchSize 100 -BatchDelay 0.05 -TimeoutSec 5 -GiveUpAfterSec 5 `
                        -ErrorAction SilentlyContinue | ForEach-Object {
                    $results.Add($_)
                    if ($results.Count -eq 3) { Stop-Process -Id $own.ProcessId -Force }
                }
            }
            $failure.CategoryInfo.Category | Should -Be ConnectionError
            $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
            $results[0].Status | Should -Be Completed
            $results[-1].Status | Should -Be Failed
            $results[-1].Attempts | Should -BeGreaterThan 1
            Get-OpenConnection $own.GrpcPort | Should -Be 0
        }
        finally {
            Stop-TestServer $own
        }
    }
}

Describe 'Invoke-VectorMigration' {
    It 'ends normally, verified' {
        $result = Invoke-VectorMigration ./words.faiss invoke-normal -LogDirectory ./logs-normal
        $result.Status | Should -Be Completed
        $result.ExitCode | Should -Be 0
        $result.Verification.Compared | Should -Be 10000
        Assert-Quiet invoke-normal | Should -Be 10000
    }

    It 'does nothing with -WhatIf, not even a log' {
        Invoke-VectorMigration ./words.faiss invoke-whatif -LogDirectory ./logs-whatif -WhatIf | Should -BeNullOrEmpty
        Test-Path ./logs-whatif | Should -BeFalse
        (Get-Failure { Test-VectorMigration ./words.faiss -Collection invoke-whatif -Detailed }).FullyQualifiedErrorId | Should -BeLike 'CollectionMissing,*'
    }

    It 'has ended when Select-Object gets its result' {
        (Invoke-VectorMigration ./words.faiss invoke-first -First 300 -LogDirectory ./logs-first | Select-Object -First 1).Counts.Sent | Should -Be 300
        Assert-Quiet invoke-first | Should -Be 300
    }

    It 'has ended when a cmdlet behind it throws' {
        (Get-Failure { Invoke-VectorMigration ./words.faiss invoke-throw -First 300 -LogDirectory ./logs-throw |
            ForEach-Object { throw 'enough' } }).Exception.Message | Should -Be enough
        Assert-Quiet invoke-throw | Should -Be 300
    }

    It 'stops at a vector that is not finite; -ErrorAction Stop makes that terminating' {
        $special = Join-Path $fixtures 'flat_special_values/index.faiss'
        $result = Invoke-VectorMigration $special invoke-stop -LogDirectory ./logs-stop -ErrorAction SilentlyContinue -ErrorVariable problems
        $result.ExitCode | Should -Be 1
        $problems[-1].FullyQualifiedErrorId | Should -BeLike 'NonFiniteComponent,*'
        (Get-Failure { Invoke-VectorMigration $special invoke-stop -LogDirectory ./logs-stop -ErrorAction Stop }).FullyQualifiedErrorId |
            Should -BeLike 'NonFiniteComponent,*'
        Wait-Until { (Get-OpenConnection $grpcPort) -eq 0 } | Should -BeTrue
    }

    It 'stops at Ctrl+C, and the log tells where to go on' {
        Stop-Midway 'Invoke-VectorMigration ./words.faiss invoke-ctrlc -BatchSize 10 -BatchDelay 0.2 -LogDirectory ./logs-ctrlc' {
            @(Get-RunLog ./logs-ctrlc | Where-Object event -EQ batch).Count -gt 0
        }
        Assert-Quiet invoke-ctrlc | Should -BeLessThan 10000
        $last = Get-Content ./logs-ctrlc/migration.log | Select-Object -Last 1 | ConvertFrom-Json
        $last.event | Should -Be run-ended
    }

    It 'emits a resumable result when the server is killed' {
        $own = Start-TestServer
        try {
            $killer = Start-ThreadJob {
                param($log, $id)
                while (-not ((Test-Path $log) -and (Get-Content $log -ErrorAction Ignore | Select-String '"event":"batch"'))) { Start-Sleep -Milliseconds 20 }
                Stop-Process -Id $id -Force
            } -ArgumentList (Join-Path $TestDrive 'logs-lost/runs/*/migration.log'), $own.ProcessId
            $result = Invoke-VectorMigration ./words.faiss lost -Uri $own.Uri -BatchDelay 0.05 -TimeoutSec 5 -GiveUpAfterSec 5 -LogDirectory ./logs-lost `
                -ErrorAction SilentlyContinue -ErrorVariable problems -WarningVariable told -WarningAction SilentlyContinue
            "$told" | Should -BeLike '*The server has been unreachable since * Retrying until *'
            $null = $killer | Receive-Job -Wait -AutoRemoveJob
            $result.Status | Should -Be Interrupted
            $result.ExitCode | Should -Be 3
            $result.ResumeOffset | Should -Be $result.Counts.Sent
            $problems[-1].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
            Get-OpenConnection $own.GrpcPort | Should -Be 0
        }
        finally {
            Stop-TestServer $own
        }
    }
}

Describe 'Optimize-VectorMigration' {
    BeforeAll {
        # Short trials: what counts here is how they end.
        $pace = @{ BatchSize = 100; ThrottleLimit = 1; First = 1000; TimeBudgetSec = 5; WarningAction = 'SilentlyContinue' }

        function Get-Scratch([string] $Uri = $url) { Get-QdrantCollection -Uri $Uri | Where-Object Name -Like 'exit-*-tuning-*' }

        # Neither a connection nor a scratch collection is left.
        function Assert-Gone {
            Wait-Until { (Get-OpenConnection $grpcPort) -eq 0 } | Should -BeTrue -Because 'no connection may stay open'
            Get-Scratch | Should -BeNullOrEmpty
        }
    }

    It 'ends normally and leaves nothing' {
        (Optimize-VectorMigration ./words.faiss exit-tune @pace).BatchSize | Should -Be 100
        Assert-Gone
    }

    It 'does nothing with -WhatIf' {
        Optimize-VectorMigration ./words.faiss exit-tune-whatif @pace -WhatIf | Should -BeNullOrEmpty
        Assert-Gone
    }

    It 'has ended when Select-Object gets its result' {
        @(Optimize-VectorMigration ./words.faiss exit-tune-first @pace | Select-Object -First 1).Count | Should -Be 1
        Assert-Gone
    }

    It 'has ended when a cmdlet behind it throws' {
        (Get-Failure { Optimize-VectorMigration ./words.faiss exit-tune-throw @pace | ForEach-Object { throw 'enough' } }).Exception.Message | Should -Be enough
        Assert-Gone
    }

    It 'stops at a vector that is not finite, with -ErrorAction Stop too' {
        $special = Join-Path $fixtures 'flat_special_values/index.faiss'
        foreach ($action in 'Continue', 'Stop') {
            (Get-Failure { Optimize-VectorMigration $special exit-tune-stop -TimeBudgetSec 5 -ErrorAction $action }).FullyQualifiedErrorId |
                Should -BeLike 'NonFiniteComponent,*'
            Assert-Gone
        }
    }

    It 'stops at Ctrl+C' {
        Stop-Midway 'Optimize-VectorMigration ./words.faiss exit-tune-ctrlc' { Get-Scratch }
        Assert-Gone
    }

    It 'names what it had to leave when the server is killed' {
        $own = Start-TestServer
        try {
            $killer = Start-ThreadJob {
                param($manifest, $uri, $id)
                Import-Module $manifest
                while (-not (Get-QdrantCollection -Uri $uri | Where-Object Name -Like 'exit-*-tuning-*')) { Start-Sleep -Milliseconds 20 }
                Stop-Process -Id $id -Force
            } -ArgumentList $manifest, $own.Uri, $own.ProcessId
            # With trials before it, what it found is worth telling; without any it is an error.
            $problem = try { $null = Optimize-VectorMigration ./words.faiss exit-tune-lost -Uri $own.Uri -TimeBudgetSec 8 -TimeoutSec 2 `
                -WarningVariable warned -WarningAction SilentlyContinue } catch { $_ }
            $null = $killer | Receive-Job -Wait -AutoRemoveJob
            "$warned $($problem | Select-Object -ExpandProperty ErrorDetails -ErrorAction Ignore)" |
                Should -Match "Remove-QdrantCollection '?exit-tune-lost-tuning-"
            if ($problem) { $problem.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty }
            Wait-Until { (Get-OpenConnection $own.GrpcPort) -eq 0 } | Should -BeTrue
        }
        finally {
            Stop-TestServer $own
        }
    }
}

Describe 'Start-QdrantLocal' {
    BeforeAll {
        function Get-Left { Get-ChildItem ([System.IO.Path]::GetTempPath()) -Filter 'qdrant-local-*' | Where-Object { $_.Name -notin $before } }

        # A server that never becomes ready, and tells its process.
        Set-Content ./sleeper "#!/bin/sh`necho `$`$ > '$TestDrive/sleeper.pid'`nexec sleep 600"
        if (-not $IsWindows) { chmod +x ./sleeper }
    }

    BeforeEach { $before = @(Get-ChildItem ([System.IO.Path]::GetTempPath()) -Filter 'qdrant-local-*' | ForEach-Object Name) }

    AfterEach {
        Stop-QdrantLocal
        Wait-Until { -not (Get-Left) } | Should -BeTrue -Because 'no folder may stay'
    }

    It 'ends normally with a server that answers' {
        $server = Start-QdrantLocal -PassThru
        $server.IsRunning | Should -BeTrue
        Get-QdrantCollection | Should -BeNullOrEmpty
    }

    It 'does nothing with -WhatIf' {
        Start-QdrantLocal -PassThru -WhatIf | Should -BeNullOrEmpty
        Get-Left | Should -BeNullOrEmpty
    }

    It 'leaves the server to the session when Select-Object has enough' {
        $server = Start-QdrantLocal -PassThru | Select-Object -First 1
        $server.IsRunning | Should -BeTrue
        Stop-QdrantLocal
        $server.IsRunning | Should -BeFalse
    }

    It 'leaves the server to the session when a cmdlet behind it throws' {
        $taken = @{}
        (Get-Failure { Start-QdrantLocal -PassThru | ForEach-Object { $taken.Server = $_; throw 'enough' } }).Exception.Message | Should -Be enough
        $taken.Server.IsRunning | Should -BeTrue
        Stop-QdrantLocal
        $taken.Server.IsRunning | Should -BeFalse
    }

    It 'leaves nothing of a server that is not ready in time, with -ErrorAction Stop too' {
        foreach ($action in 'Continue', 'Stop') {
            (Get-Failure { Start-QdrantLocal ./sleeper -TimeoutSec 1 -ErrorAction $action }).FullyQualifiedErrorId | Should -BeLike 'LocalServerNotReady,*'
            Wait-Until { -not (Test-Path "/proc/$(Get-Content ./sleeper.pid)") } | Should -BeTrue
            Get-Left | Should -BeNullOrEmpty
            Remove-Item ./sleeper.pid
        }
    }

    It 'stops at Ctrl+C and takes the server with it' {
        Stop-Midway 'Start-QdrantLocal ./sleeper' { Test-Path ./sleeper.pid }
        Wait-Until { -not (Test-Path "/proc/$(Get-Content ./sleeper.pid)") } | Should -BeTrue
    }

    It 'has nothing left to stop when the server is killed' {
        $server = Start-QdrantLocal -PassThru
        Stop-Process -Id $server.ProcessId -Force
        Wait-Until { -not $server.IsRunning } | Should -BeTrue
        { Stop-QdrantLocal } | Should -Not -Throw
        Get-QdrantConnection | Should -BeNullOrEmpty
    }
}

Describe 'Get-FaissIndex -Scan' {
    BeforeAll {
        # An IndexFlat of zeros that takes no room on the disk and long enough to read.
        $long = Join-Path $TestDrive 'long.faiss'
        $count, $dimension = 200000000, 32
        $writer = [System.IO.BinaryWriter]::new([System.IO.File]::Create($long))
        $writer.Write([System.Text.Encoding]::ASCII.GetBytes('IxF2'))
        $writer.Write([int] $dimension)
        foreach ($number in $count, 1048576, 1048576) { $writer.Write([long] $number) }
        $writer.Write([byte] 1)
        $writer.Write([int] 1)
        $writer.Write([ulong] ($count * $dimension))
        $writer.BaseStream.SetLength($writer.BaseStream.Position + 4L * $count * $dimension)
        $writer.Dispose()

        function Test-Open { @(Get-ChildItem "/proc/$PID/fd" -ErrorAction Ignore | Where-Object { $_.LinkTarget -like "$TestDrive/*.faiss" }).Count -gt 0 }
    }

    AfterEach { Wait-Until { -not (Test-Open) } | Should -BeTrue -Because 'no file may stay open' }

    It 'ends normally' {
        (Get-FaissIndex ./words.faiss -Scan).Scan | Should -Not -BeNullOrEmpty
    }

    It 'reads nothing more when Select-Object has enough' {
        @(Get-FaissIndex ./words.faiss, $long -Scan | Select-Object -First 1).Count | Should -Be 1
    }

    It 'reads nothing more when a cmdlet behind it throws' {
        (Get-Failure { Get-FaissIndex ./words.faiss, $long -Scan | ForEach-Object { throw 'enough' } }).Exception.Message | Should -Be enough
    }

    It 'stops at the first bad file with -ErrorAction Stop' {
        Set-Content ./bad.faiss 'no index'
        $failure = Get-Failure { Get-FaissIndex ./bad.faiss, $long -Scan -ErrorAction Stop }
        $failure.CategoryInfo.Category | Should -Be InvalidData
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'stops at Ctrl+C' {
        Stop-Midway "Get-FaissIndex '$long' -Scan" { Test-Open }
    }

    It 'tells of a file that becomes shorter while it is read, and goes on' {
        $cutter = Start-ThreadJob {
            param($path, $id)
            while (-not (Get-ChildItem "/proc/$id/fd" -ErrorAction Ignore | Where-Object { $_.LinkTarget -eq $path })) { Start-Sleep -Milliseconds 20 }
            $file = [System.IO.File]::Open($path, 'Open', 'Write', 'ReadWrite')
            $file.SetLength(1000000)
            $file.Dispose()
        } -ArgumentList $long, $PID
        $found = Get-FaissIndex $long, ./words.faiss -Scan -ErrorAction SilentlyContinue -ErrorVariable problems
        $null = $cutter | Wait-Job | Receive-Job
        $found.Path | Should -Be (Join-Path $TestDrive 'words.faiss')
        $problems | Should -HaveCount 1
        $problems[0].CategoryInfo.Category | Should -Not -Be NotSpecified
        $problems[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }
}
