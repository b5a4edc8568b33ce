# Test-QdrantConnection: the checks that vector-migration doctor makes, as objects. The checks themselves are tested by DoctorTests.
BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    function Get-Check($Checks, [string] $Name) { $Checks | Where-Object Name -EQ $Name | Select-Object -First 1 }
}

Describe 'Test-QdrantConnection' {
    It 'emits an object for each check, without writing anything' {
        $before = (Get-QdrantCollection).Name
        $checks = Test-QdrantConnection "127.0.0.1:$grpcPort" -TimeBudgetSec 0
        $checks.Count | Should -BeGreaterThan 20
        $checks | ForEach-Object { $_ | Should -BeOfType VectorMigration.Diagnosis.ConnectionCheck }
        $checks.Status | Should -Not -Contain Fail
        (Get-Check $checks 'Server version').Finding | Should -Be 'The server is Qdrant 1.16.3.'
        $checks.Endpoint | Sort-Object -Unique | Should -Be "http://127.0.0.1:$grpcPort"
        (Get-QdrantCollection).Name | Should -Be $before
    }

    It 'plans a run, and measures by writing only with consent' {
        $before = (Get-QdrantCollection).Name
        $checks = Test-QdrantConnection "127.0.0.1:$grpcPort" -Collection examined -IndexPath ./words.faiss -AllowWrite -TimeBudgetSec 1
        (Get-Check $checks 'Index').Finding | Should -BeLike '*10,000 vectors of 100 components*'
        (Get-Check $checks 'Plan') | Should -Not -BeNullOrEmpty
        (Get-Check $checks 'Throughput').Finding | Should -BeLike '*The scratch collection was removed.'
        (Get-Check $checks 'Duration').Status | Should -Be Pass
        $asked = Test-QdrantConnection "127.0.0.1:$grpcPort" -AllowWrite -WhatIf
        (Get-Check $asked 'Throughput').Status | Should -Be Skipped
        (Get-QdrantCollection).Name | Should -Be $before
    }

    It 'takes a connection, and names the parameters of PowerShell' {
        $connection = Connect-Qdrant "127.0.0.1:$grpcPort"
        $checks = $connection | Test-QdrantConnection -TimeBudgetSec 1
        (Get-Check $checks 'Throughput').Advice | Should -BeLike 'To measure, use -AllowWrite.*'
        (Get-Check $checks 'Collection').Advice | Should -Be 'Use -Collection to check a collection.'
        $connection.IsOpen | Should -BeTrue
    }

    It 'is an object for a server that is not there, and never an error' {
        $checks = Test-QdrantConnection 127.0.0.1:1 -ErrorVariable problems
        $problems | Should -BeNullOrEmpty
        (Get-Check $checks 'gRPC port').Status | Should -Be Fail
        (Get-Check $checks 'API key').Status | Should -Be Skipped
        { Test-QdrantConnection 127.0.0.1:1 -Collection '..' } | Should -Throw -ErrorId 'InvalidCollectionName,*'
    }

    It 'fits 80 columns, with the advice' {
        $checks = Test-QdrantConnection "127.0.0.1:$grpcPort" -TimeBudgetSec 0
        $lines = ($checks | Out-String -Width 80) -split '\r?\n'
        $lines | ForEach-Object { [regex]::Replace($_, "$([char] 27)\[[\d;]*m", '').Length | Should -BeLessOrEqual 80 }
        $lines -join ' ' | Should -Match 'Next: Let only trusted'
        ($checks[0].ToJson() | ConvertFrom-Json).name | Should -Be 'Host address'
    }
}
