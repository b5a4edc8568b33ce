BeforeAll { . (Join-Path $PSScriptRoot 'Common.ps1') }

Describe 'Invoke-VectorMigration -JournalPath' {
    It 'makes growing limits steps of one migration' {
        $steps = 200, 1000, 1000, 3000 | ForEach-Object { Invoke-VectorMigration ./words.faiss journal-steps -First $_ -LogDirectory ./steps }
        $steps.ExitCode | Should -Be 0, 0, 0, 0
        $steps.Counts.Sent | Should -Be 200, 800, 0, 2000
        $steps.Counts.Skipped | Should -Be 0, 200, 1000, 1000
        $steps.Verification.Compared | Should -Be 200, 1000, 1000, 3000
        $steps[0].JournalPath | Should -Be (Join-Path $PWD 'steps/journal-steps.words.journal')
        $steps[0].JournalPath | Should -Exist
    }

    It 'keeps the journal where it is told to, for its owner only' {
        (Invoke-VectorMigration ./words.faiss journal-moved -First 20 -LogDirectory ./moved -JournalPath ./kept/my.journal).JournalPath |
            Should -Be (Join-Path $PWD 'kept/my.journal')
        './moved/journal-moved.words.journal' | Should -Not -Exist
        if (-not $IsWindows) {
            (Get-Item ./kept/my.journal).UnixMode | Should -Be '-rw-------'
        }
    }

    It 'is found by the run id of the collection after its index was moved and renamed' {
        Copy-Item ./words.faiss ./before.faiss
        $null = Invoke-VectorMigration ./before.faiss journal-renamed -First 60 -LogDirectory ./renamed
        $null = New-Item -ItemType Directory ./archive -Force
        Move-Item ./before.faiss ./archive/after.faiss
        $resumed = Invoke-VectorMigration ./archive/after.faiss journal-renamed -First 100 -LogDirectory ./renamed -WarningVariable warned 3>$null
        $resumed.Counts.Skipped | Should -Be 60
        $resumed.Counts.Sent | Should -Be 40
        $resumed.JournalPath | Should -Be (Join-Path $PWD 'renamed/journal-renamed.before.journal')
        "$warned" | Should -BeLike '*The index was at *before.faiss when the journal *resumes from that journal*'
    }

    It 'that began without payloads is repaired without them, whatever is beside the index' {
        $store = (New-Item -ItemType Directory ./bare-store -Force).FullName
        Copy-Item (Join-Path $root 'tests/fixtures/stores/json/langchain_js/*') $store -Exclude truth.json
        $null = Invoke-VectorMigration $store journal-bare -NoStore -LogDirectory ./bare
        $points = "$env:VECTORMIGRATION_TEST_REST/collections/journal-bare/points"
        $null = Invoke-RestMethod "$points/delete?wait=true" -Method Post -Body '{"points":[0]}' -ContentType 'application/json'
        $repaired = Test-VectorMigration $store journal-bare -Repair -Detailed -LogDirectory ./bare -WarningVariable warned 3>$null
        $repaired.Passed | Should -BeTrue
        "$warned" | Should -BeLike '*began without payloads*'
        @((Invoke-RestMethod "$points/0").result.payload.PSObject.Properties).Count | Should -Be 0
        { Test-VectorMigration $store journal-bare -Repair -LogDirectory ./bare -StorePath $store } |
            Should -Throw -ErrorId 'JournalDiffers,*' -ExceptionType ([VectorMigration.Errors.MigrationException])
    }

    It 'sends everything again with -Restart' {
        $null = Invoke-VectorMigration ./words.faiss journal-restart -First 50 -LogDirectory ./restart
        $again = Invoke-VectorMigration ./words.faiss journal-restart -First 50 -LogDirectory ./restart -Restart
        $again.Counts.Sent | Should -Be 50
        $again.Counts.Skipped | Should -Be 0
    }

    It 'tells with -WhatIf what is left' {
        $null = Invoke-VectorMigration ./words.faiss journal-left -First 60 -LogDirectory ./left
        $text = Invoke-PowerShell -NoProfile -NonInteractive `
            -Command "Import-Module '$manifest'; Invoke-VectorMigration ./words.faiss journal-left -Uri $url -First 100 -LogDirectory ./left -WhatIf" |
                Out-String
        $text | Should -BeLike '*40 of 100 vectors (*already acknowledged*'
    }

    It 'refuses a journal <Name> with <ErrorId>' -ForEach @(
        @{ Name = 'of another payload'; ErrorId = 'JournalDiffers'; Spoil = { }; With = @{ PayloadPath = './words.jsonl' } }
        @{ Name = 'of another id mapping'; ErrorId = 'JournalDiffers'; Spoil = { }; With = @{ IdMapping = 'Uuid5' } }
        @{ Name = 'of another collection'; ErrorId = 'JournalDiffers'; Spoil = { }; With = @{ Collection = 'journal-else' } }
        @{ Name = 'that was written over'; ErrorId = 'JournalCorrupt'; Spoil = { $text = Get-Content ./j -Raw; Set-Content ./j ($text -replace 'acked 0-',
            'acked 00-') -NoNewline } ; With = @{} }
        @{ Name = 'that is something else'; ErrorId = 'JournalForeign'; Spoil = { Set-Content ./j 'a letter' }; With = @{} }
        @{ Name = 'whose collection is gone'; ErrorId = 'JournalCollectionMissing'; Spoil = { Remove-QdrantCollection journal-refused -Confirm:$false };
            With = @{} }
        @{ Name = 'whose collection was recreated'; ErrorId = 'JournalCollectionReplaced'; Spoil = {
                Remove-QdrantCollection journal-refused -Confirm:$false
                $null = Invoke-VectorMigration ./words.faiss journal-refused -First 500 -JournalPath ./other
            }; With = @{}
        }
    ) {
        Remove-Item ./j, ./other -ErrorAction Ignore
        $null = Get-QdrantCollection | Where-Object Name -EQ journal-refused | Remove-QdrantCollection -Confirm:$false
        $null = Invoke-VectorMigration ./words.faiss journal-refused -First 30 -LogDirectory ./refused -JournalPath ./j
        & $Spoil
        $arguments = @{ Path = './words.faiss'; Collection = 'journal-refused'; First = 40; LogDirectory = './refused'; JournalPath = './j' }
        foreach ($key in $With.Keys) { $arguments[$key] = $With[$key] }
        $failure = Get-Failure { Invoke-VectorMigration @arguments }
        $failure.FullyQualifiedErrorId | Should -BeLike "$ErrorId,*"
        $failure.ErrorDetails.RecommendedAction | Should -Match '-Restart|-JournalPath'
    }

    It 'refuses a journal that another run has, and goes on when that one was killed' -Skip:$IsWindows {
        $script = "Import-Module '$manifest'; Invoke-VectorMigration ./words.faiss journal-killed -Uri $url -BatchSize 20 -BatchDelay 0.05 " +
            '-LogDirectory ./killed'
        $start = New-PowerShellStart '-NoProfile', '-NonInteractive', '-Command', $script
        $start.WorkingDirectory = $PWD.ProviderPath
        $start.RedirectStandardError = $true
        $process = [System.Diagnostics.Process]::Start($start)
        try {
            $deadline = [datetime]::UtcNow.AddSeconds(60)
            while (-not (Test-Path ./killed/journal-killed.words.journal) -or
                @((Get-Content ./killed/journal-killed.words.journal) -match 'acked').Count -lt 5) {
                [datetime]::UtcNow | Should -BeLessThan $deadline
                $process.HasExited | Should -BeFalse
                Start-Sleep -Milliseconds 50
            }

            (Get-Failure { Invoke-VectorMigration ./words.faiss journal-killed -LogDirectory ./killed -ErrorAction Stop }).FullyQualifiedErrorId |
                Should -BeLike 'JournalInUse,*'
        }
        finally {
            $process.Kill()
            $process.WaitForExit()
        }

        $resumed = Invoke-VectorMigration ./words.faiss journal-killed -LogDirectory ./killed -InformationVariable told
        $resumed.ExitCode | Should -Be 0
        "$told" | Should -Match 'resuming: [\d,]+ of 10,000 vectors are already acknowledged, [\d,]+ to send'
        ($resumed | Format-List | Out-String) -replace '\s+', ' ' | Should -Match 'in earlier runs; with this run [\d,]+ of 10,000'
        $resumed.Counts.Skipped | Should -BeGreaterOrEqual 80
        # A batch that was applied when the run died is found to be there.
        $resumed.Counts.Sent + $resumed.Counts.Skipped + $resumed.Counts.AlreadyThere | Should -Be 10000
        $resumed.Verification.Compared | Should -Be 10000
    }
}

Describe 'Send-QdrantBatch -JournalPath' {
    It 'passes over what was acknowledged, also with vectors between left out' {
        $first = Get-FaissVector ./words.faiss -First 300 | Where-Object Ordinal -NE 123 | Send-QdrantBatch journal-piped -JournalPath ./piped.journal
        ($first | Measure-Object Count -Sum).Sum | Should -Be 299
        $second = Get-FaissVector ./words.faiss -First 500 | Send-QdrantBatch journal-piped -JournalPath ./piped.journal
        ($second | Measure-Object Count -Sum).Sum | Should -Be 201
        ($second.FirstOrdinal | Measure-Object -Minimum).Minimum | Should -Be 123
        Test-VectorMigration ./words.faiss journal-piped -First 500 | Should -BeTrue
    }

    It 'skips nothing but what was sent' {
        $null = Get-FaissVector ./words.faiss -First 30 | Send-QdrantBatch journal-sent -JournalPath ./sent.journal
        (Get-Failure { Get-FaissVector ./words.faiss -First 30 | ForEach-Object { $_.Id = 1000 + $_.Ordinal; $_ } |
            Send-QdrantBatch journal-sent -JournalPath ./sent.journal }).FullyQualifiedErrorId | Should -BeLike 'JournalDiffers,*'
        (Get-QdrantCollection journal-sent).PointsCount | Should -Be 30
        (Get-Failure {
                Invoke-VectorMigration ./words.faiss journal-sent -First 30 -JournalPath ./sent.journal -LogDirectory ./sent -Verify Count -ErrorAction Stop
            }).FullyQualifiedErrorId | Should -BeLike 'JournalDiffers,*'
    }

    It 'counts apart what -OnExisting Skip skips' {
        $null = @{ Id = 3; Vector = 9, 9 } | Send-QdrantBatch journal-skips -Distance Dot
        $null = @{ Id = 4; Vector = 4, 1 } | Send-QdrantBatch journal-skips
        $results = 0..9 | ForEach-Object { @{ Id = $_; Vector = $_, 1 } } |
            Send-QdrantBatch journal-skips -OnExisting Skip -Verify -ErrorVariable problems -ErrorAction SilentlyContinue
        ($results | Measure-Object LeftThere -Sum).Sum | Should -Be 1
        ($results | Measure-Object AlreadyThere -Sum).Sum | Should -Be 1
        ($results | Measure-MigrationPerf).Vectors | Should -Be 8
        $problems.FullyQualifiedErrorId | Should -BeLike 'MigrationIncomplete,*'
    }

    It 'never replaces a file of a user beside it' {
        Set-Content ./mine.journal.ids 'my ids'
        (Get-Failure { Get-FaissVector ./words.faiss -First 3 | Send-QdrantBatch journal-mine -JournalPath ./mine.journal }).FullyQualifiedErrorId |
            Should -BeLike 'JournalForeign,*'
        Get-Content ./mine.journal.ids | Should -Be 'my ids'
    }

    It 'says how many it passed over' {
        $null = Get-FaissVector ./words.faiss -First 30 | Send-QdrantBatch journal-said -JournalPath ./said.journal
        $said = Get-FaissVector ./words.faiss -First 30 | Send-QdrantBatch journal-said -JournalPath ./said.journal -Verbose 4>&1 | Out-String
        $said | Should -BeLike '*0 vectors sent, 0 failed, 30 already acknowledged in an earlier run*'
    }

    It 'sends everything again with -Restart' {
        $null = Get-FaissVector ./words.faiss -First 30 | Send-QdrantBatch journal-again -JournalPath ./again.journal
        $again = Get-FaissVector ./words.faiss -First 30 | Send-QdrantBatch journal-again -JournalPath ./again.journal -Restart
        $again.Count | Should -Be 30
    }

    It 'needs vectors that know their index' {
        $failure = Get-Failure { [pscustomobject]@{ Id = 1; Vector = 1, 2, 3, 4 } |
            Send-QdrantBatch journal-objects -Distance Dot -JournalPath ./objects.journal }
        $failure.FullyQualifiedErrorId | Should -BeLike 'JournalNeedsIndex,*'
    }

    It 'needs a journal for -Restart' {
        (Get-Failure { Get-FaissVector ./words.faiss -First 1 | Send-QdrantBatch journal-none -Restart }).FullyQualifiedErrorId |
            Should -BeLike 'RestartWithoutJournal,*'
    }

    It 'takes one index a journal' {
        # The same vectors in another file: another length, another fingerprint.
        [System.IO.File]::WriteAllBytes("$PWD/longer.faiss", [System.IO.File]::ReadAllBytes("$PWD/words.faiss") + [byte[]](1, 2, 3))
        $failure = Get-Failure { Get-FaissVector ./words.faiss, ./longer.faiss -First 5 -WarningAction Ignore |
            Send-QdrantBatch journal-two -AllowDuplicateId -JournalPath ./two.journal -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'JournalOtherIndex,*'
    }

    It 'goes on after Stop()' {
        $shell = [powershell]::Create()
        $null = $shell.AddScript("Import-Module '$manifest'; Set-Location '$PWD'; Get-FaissVector ./words.faiss -First 2000 | " +
            "Send-QdrantBatch journal-stopped -Uri $url -BatchSize 20 -BatchDelay 0.05 -JournalPath ./stopped.journal")
        $null = $shell.BeginInvoke()
        $deadline = [datetime]::UtcNow.AddSeconds(60)
        while (-not (Test-Path ./stopped.journal) -or @(Get-Content ./stopped.journal).Count -lt 6) {
            [datetime]::UtcNow | Should -BeLessThan $deadline
            Start-Sleep -Milliseconds 50
        }

        $shell.Stop()
        $shell.Dispose()
        $rest = Get-FaissVector ./words.faiss -First 2000 | Send-QdrantBatch journal-stopped -JournalPath ./stopped.journal
        ($rest | Measure-Object Count -Sum).Sum | Should -BeLessThan 2000
        Test-VectorMigration ./words.faiss journal-stopped -First 2000 | Should -BeTrue
    }
}
