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
        Stop-Midway 'Get-FaissVector ./words.faiss | Send-QdrantBatch -Collection exit-ctrlc -BatchSize 10 -BatchDelay 0.2' { param($output) $output.Count -gt 0 }
        Assert-Quiet exit-ctrlc | Should -BeLessThan 10000
    }

    It 'ends with the failed batch and a terminating error when the server is killed' {
        $own = Start-TestServer
        try {
            $results = [System.Collections.Generic.List[object]]::new()
            $failure = Get-Failure {
                Get-FaissVector ./words.faiss | Send-QdrantBatch -Collection lost -Uri $own.Uri -BatchSize 100 -BatchDelay 0.05 -TimeoutSec 5 -GiveUpAfterSec 5 -ErrorAction SilentlyContinue | ForEach-Object {
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
        (Get-Failure { Invoke-VectorMigration ./words.faiss invoke-throw -First 300 -LogDirectory ./logs-throw | ForEach-Object { throw 'enough' } }).Exception.Message | Should -Be enough
        Assert-Quiet invoke-throw | Should -Be 300
    }

    It 'stops at a vector that is not finite; -ErrorAction Stop makes that terminating' {
        $special = Join-Path $fixtures 'flat_special_values/index.faiss'
        $result = Invoke-VectorMigration $special invoke-stop -LogDirectory ./logs-stop -ErrorAction SilentlyContinue -ErrorVariable problems
        $result.ExitCode | Should -Be 1
        $problems[-1].FullyQualifiedErrorId | Should -BeLike 'NonFiniteComponent,*'
        (Get-Failure { Invoke-VectorMigration $special invoke-stop -LogDirectory ./logs-stop -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'NonFiniteComponent,*'
        Wait-Until { (Get-OpenConnection $grpcPort) -eq 0 } | Should -BeTrue
    }

    It 'stops at Ctrl+C, and the log tells where to go on' {
        Stop-Midway 'Invoke-VectorMigration ./words.faiss invoke-ctrlc -BatchSize 10 -BatchDelay 0.2 -LogDirectory ./logs-ctrlc' {
            (Test-Path ./logs-ctrlc/migration.log) -and (Get-Content ./logs-ctrlc/migration.log | Select-String '"event":"batch"')
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
                while (-not ((Test-Path $log) -and (Get-Content $log | Select-String '"event":"batch"'))) { Start-Sleep -Milliseconds 20 }
                Stop-Process -Id $id -Force
            } -ArgumentList (Join-Path $TestDrive 'logs-lost/migration.log'), $own.ProcessId
            $result = Invoke-VectorMigration ./words.faiss lost -Uri $own.Uri -BatchDelay 0.05 -TimeoutSec 5 -GiveUpAfterSec 5 -LogDirectory ./logs-lost -ErrorAction SilentlyContinue -ErrorVariable problems
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
