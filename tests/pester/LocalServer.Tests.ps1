BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $binary = Get-ServerBinary
    $env:QDRANT_BIN = $binary
    function Test-Alive([int] $Id) { $null -ne (Get-Process -Id $Id -ErrorAction Ignore) }
    # A program that ends at once, and is no server.
    $ender = $IsWindows ? "$env:SystemRoot\system32\hostname.exe" : '/bin/false'
}

AfterAll { Stop-QdrantLocal }

Describe 'Start-QdrantLocal' {
    AfterEach { Stop-QdrantLocal }

    It 'is ready, on loopback only, and becomes the server of the session' {
        $server = Start-QdrantLocal -PassThru
        $server.Uri.Host | Should -Be '127.0.0.1'
        (Get-QdrantConnection).Uri | Should -Be $server.Uri
        Get-FaissVector ./words.faiss -First 50 | Send-QdrantBatch rehearsal | Should -Not -BeNullOrEmpty
        Test-VectorMigration ./words.faiss rehearsal -First 50 | Should -BeTrue
        (Get-QdrantCollection -Uri $server.Uri).Name | Should -Be rehearsal
        ($server | Get-QdrantCollection -Name rehears*).Name | Should -Be rehearsal
        $listening = [System.Net.NetworkInformation.IPGlobalProperties]::GetIPGlobalProperties().GetActiveTcpListeners() |
            Where-Object Port -In $server.Uri.Port, $server.RestUri.Port
        @($listening).Count | Should -Be 2
        $listening | ForEach-Object { "$($_.Address)" | Should -Be '127.0.0.1' }
    }

    It 'emits nothing without -PassThru, and starts nothing with -WhatIf' {
        Start-QdrantLocal -WhatIf
        Get-QdrantConnection | Should -BeNullOrEmpty
        Start-QdrantLocal -InformationVariable said | Should -BeNullOrEmpty
        "$said" | Should -BeLike "Qdrant * runs at $((Get-QdrantConnection).Uri.GetLeftPart('Authority')), REST at http://127.0.0.1:*"
        Get-QdrantConnection | Should -Not -BeNullOrEmpty
    }

    It 'passes no key on' {
        $env:QDRANT_API_KEY = 'not-for-children'
        try {
            $server = Start-QdrantLocal -PassThru
            $own = Get-Content "/proc/$($server.ProcessId)/environ" -Raw
            $own | Should -BeLike '*QDRANT__SERVICE__HOST=127.0.0.1*'
            $own | Should -Not -BeLike '*not-for-children*'
        }
        finally {
            $env:QDRANT_API_KEY = $null
        }
    }

    It 'keeps storage that was asked for, and snapshots out of the current folder' {
        $server = Start-QdrantLocal -StoragePath ./kept -PassThru
        $null = New-QdrantCollection stays 4 Dot
        $null = Invoke-RestMethod "$($server.RestUri)collections/stays/snapshots" -Method Post
        Get-ChildItem $server.SnapshotPath -Recurse -Filter '*.snapshot' | Should -Not -BeNullOrEmpty
        Stop-QdrantLocal
        Start-QdrantLocal -StoragePath ./kept
        (Get-QdrantCollection).Name | Should -Be stays
        Test-Path ./snapshots | Should -BeFalse
    }

    It 'warns when the session was connected elsewhere' {
        $null = Connect-Qdrant $url
        Start-QdrantLocal -WarningVariable warnings -WarningAction SilentlyContinue
        "$warnings" | Should -BeLike "*$grpcPort*Connect-Qdrant*"
    }

    It 'refuses <Why>' -ForEach @(
        @{ Why = 'a port in use'; Script = { Start-QdrantLocal -Port $grpcPort }; Id = 'PortInUse' }
        @{ Why = 'a port that a program holds on all addresses'; Script = {
            $held = [System.Net.Sockets.TcpListener]::new([System.Net.IPAddress]::Any, 0); $held.Start()
            try { Start-QdrantLocal -RestPort $held.LocalEndpoint.Port } finally { $held.Stop() } }; Id = 'PortInUse' }
        @{ Why = 'what is not executable'; Script = { Start-QdrantLocal ./words.jsonl }; Id = 'QdrantBinaryUnusable' }
        @{ Why = 'what is no server'; Script = { Start-QdrantLocal $ender }; Id = 'LocalServerFailed' }
        @{ Why = 'what never becomes ready'; Script = { Set-Content ./sleeper "#!/bin/sh`nexec sleep 600"; chmod +x ./sleeper;
            Start-QdrantLocal ./sleeper -TimeoutSec 1 }; Id = 'LocalServerNotReady' }
        @{ Why = 'a QDRANT_BIN that is not there'; Script = { $env:QDRANT_BIN = '/nowhere/qdrant'; try { Start-QdrantLocal } finally {
            $env:QDRANT_BIN = $binary } }; Id = 'QdrantBinaryUnusable' }
    ) {
        $failure = Get-Failure $Script
        $failure.FullyQualifiedErrorId | Should -BeLike "$Id,*"
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        Get-ChildItem ([System.IO.Path]::GetTempPath()) -Filter 'qdrant-local-*' |
            Where-Object { $_.CreationTime -gt [datetime]::Now.AddSeconds(-1) -and (Get-ChildItem $_ -Filter storage) } | Should -BeNullOrEmpty
    }
}

Describe 'Stop-QdrantLocal' {
    It 'leaves no process, no folder and no connection' {
        $server = Start-QdrantLocal -PassThru
        Stop-QdrantLocal -WhatIf
        $server.IsRunning | Should -BeTrue
        $server | Stop-QdrantLocal
        Test-Alive $server.ProcessId | Should -BeFalse
        Test-Path (Split-Path $server.StoragePath) | Should -BeFalse
        Get-QdrantConnection | Should -BeNullOrEmpty
        { $server | Stop-QdrantLocal } | Should -Not -Throw
    }

    It 'stops one of two by its id' {
        $first = Start-QdrantLocal -PassThru
        $second = Start-QdrantLocal -PassThru -WarningAction SilentlyContinue
        Stop-QdrantLocal -Id $first.ProcessId
        $first.IsRunning, $second.IsRunning | Should -Be $false, $true
        Stop-QdrantLocal
        $second.IsRunning | Should -BeFalse
    }

    It 'says that a process is none of its own' {
        Stop-QdrantLocal -Id 1 -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems.FullyQualifiedErrorId | Should -BeLike 'LocalServerMissing,*'
    }
}

Describe 'A local server' {
    It 'ends with its session <How>' -ForEach @(
        @{ How = 'that ends by itself'; Killed = $false }
        @{ How = 'that is killed'; Killed = $true }
    ) {
        $script = "Import-Module '$manifest'; `$s = Start-QdrantLocal -PassThru; `"`$(`$s.ProcessId) `$(Split-Path `$s.StoragePath)`"" +
            ($Killed ? '; [Console]::Out.Flush(); Start-Sleep 600' : '')
        $session = [System.Diagnostics.Process]::Start((New-PowerShellStart '-NoProfile', '-NonInteractive', '-Command', $script))
        $id, $folder = $session.StandardOutput.ReadLine().Split(' ')
        if ($Killed) {
            Test-Alive $id | Should -BeTrue
            Stop-Process -Id $session.Id -Force
        }

        $session.WaitForExit()
        # On Windows nobody is left to remove the folder of a session that was killed; the next session that starts a server does.
        Wait-Until { -not (Test-Alive $id) -and (($IsWindows -and $Killed) -or -not (Test-Path $folder)) } | Should -BeTrue
    }

    It 'is not ended by Ctrl+C at the prompt' {
        $server = Start-QdrantLocal -PassThru
        # Ctrl+C goes to the process group of the terminal: the server must be in another one.
        $group = { param($id) ((Get-Content "/proc/$id/stat" -Raw) -replace '^.*\) ' -split ' ')[2] }
        & $group $server.ProcessId | Should -Not -Be (& $group $PID)
        Stop-QdrantLocal
    }
}
