# A migration in slices: planned once, moved by several workers, joined.
BeforeDiscovery {
    $page = Get-Content -LiteralPath (Join-Path $PSScriptRoot '../../docs/slices.md') -Raw
    $blocks = @([regex]::Matches($page, '(?s)```powershell\n(.*?)\n```').ForEach({ $_.Groups[1].Value }))
    $remote = @([regex]::Matches($page, '(?s)```powershell not-run\n(.*?)\n```').ForEach({ $_.Groups[1].Value }))
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    Import-Module (Join-Path $PSScriptRoot 'IndexFiles.psm1')
    $null = Connect-Qdrant $url
}

AfterAll { Disconnect-Qdrant }

Describe 'New-MigrationPlan, Invoke-VectorMigration -Slice and Join-VectorMigration' {
    BeforeEach {
        $t = (New-Item -ItemType Directory (Join-Path $TestDrive (New-Guid))).FullName
        $c = "slices$(New-Guid)"
        foreach ($n in 1..3) { New-IndexOfIds "$t/part-$n.faiss" (0..9).ForEach({ $_ * 10 + $n }) }
        $logs = @{ LogDirectory = "$t/logs" }
    }

    AfterEach { Remove-QdrantCollection $c -Confirm:$false -ErrorAction Ignore }

    It 'moves all slices in parallel, and joins them' {
        $plan = Get-ChildItem "$t/part-*.faiss" | New-MigrationPlan -Collection $c -SliceCount 4 -OutputPath "$t/plan.json"
        $plan.Slices | Should -Be 4
        $plan.Vectors | Should -Be 30
        $plan.LargestSlice | Should -Be 8
        $plan.ToJson() | Should -BeLike '*"slices":4*'
        $root = $moduleRoot
        $results = 1..4 | ForEach-Object -ThrottleLimit 2 -Parallel {
            Import-Module (Join-Path $using:root 'VectorMigration.psd1')
            Invoke-VectorMigration -PlanPath $using:plan.Path -Slice "$_/4" -LogDirectory "$using:t/logs" -Uri $using:url
        }

        $results.Status | Should -Be (@('Completed') * 4)
        ($results.Counts.Sent | Measure-Object -Sum).Sum | Should -Be 30
        $total = Join-VectorMigration $plan.Path @logs
        $total.Status | Should -Be 'Completed'
        $total.Counts.Sent | Should -Be 30
        $total.Verification.Compared | Should -Be 30
        $total.Verification.Extra | Should -Be 0
        $total.Parts.Number | Should -Be 1, 2, 3
        $total.ReportPath | Should -Exist
        (Get-QdrantCollection $c).PointsCount | Should -Be 30
        (Invoke-VectorMigration -PlanPath $plan.Path -Slice 1/4 @logs).Counts.Sent | Should -Be 0
    }

    It 'says what is missing, and divides the rest anew' {
        $plan = New-MigrationPlan "$t/part-*.faiss" $c -SliceCount 2 -OutputPath "$t/plan.json"
        $null = Invoke-VectorMigration -PlanPath $plan.Path -Slice 2/2 @logs
        $failure = Get-Failure { Join-VectorMigration $plan.Path @logs }
        $failure.FullyQualifiedErrorId | Should -BeLike 'SlicesUnfinished,*'
        "$failure" | Should -BeLike '*1 slice has not begun: 1/2*'
        $failure.ErrorDetails.RecommendedAction | Should -BeLike "*Invoke-VectorMigration -PlanPath *plan.json -Slice 1/2*"
        $rest = New-MigrationPlan -From $plan.Path -SliceCount 3 -OutputPath "$t/rest.json" @logs
        $rest.Acknowledged | Should -Be 15
        $results = 1..3 | ForEach-Object { Invoke-VectorMigration -PlanPath $rest.Path -Slice "$_/3" @logs }
        ($results.Counts.Sent | Measure-Object -Sum).Sum | Should -Be 15
        (Join-VectorMigration $rest.Path @logs).Verification.Compared | Should -Be 30
    }

    It 'plans with -WhatIf, and replaces no plan without -Force' {
        New-MigrationPlan "$t/part-*.faiss" $c -SliceCount 2 -OutputPath "$t/plan.json" -WhatIf | Should -BeNullOrEmpty
        "$t/plan.json" | Should -Not -Exist
        $plan = New-MigrationPlan "$t/part-*.faiss" $c -SliceCount 2 -OutputPath "$t/plan.json"
        (Get-Failure { New-MigrationPlan "$t/part-*.faiss" $c -SliceCount 2 -OutputPath "$t/plan.json" }).FullyQualifiedErrorId | Should -BeLike 'PlanExists,*'
        (New-MigrationPlan "$t/part-*.faiss" $c -SliceCount 2 -OutputPath "$t/plan.json" -Force).PlanId | Should -Not -Be $plan.PlanId
        Invoke-VectorMigration -PlanPath $plan.Path -Slice 1/2 @logs -WhatIf | Should -BeNullOrEmpty
        Get-QdrantCollection $c* | Should -BeNullOrEmpty
    }

    It 'refuses <Id>' -ForEach @(
        @{ Id = 'SliceUnknown'; Given = @{ Slice = '0/2' } }, @{ Id = 'SliceUnknown'; Given = @{ Slice = '3/2' } },
        @{ Id = 'SliceUnknown'; Given = @{ Slice = 'x' } },
        @{ Id = 'SliceUnknown'; Given = @{ Slice = '1/3' } }, @{ Id = 'NotForSlices'; Given = @{ Slice = '1/2'; IdOffset = 5 } },
        @{ Id = 'NotForSlices'; Given = @{ Slice = '1/2'; Recreate = $true; Force = $true } },
        @{ Id = 'NotForSlices'; Given = @{ Slice = '1/2'; WaitIndexed = $true } },
        @{ Id = 'PlanInvalid'; Given = @{ Slice = '1/2'; PlanPath = 'absent.json' } }
    ) {
        $plan = New-MigrationPlan "$t/part-*.faiss" $c -SliceCount 2 -OutputPath "$t/plan.json"
        $all = @{ PlanPath = $plan.Path } + $logs
        foreach ($key in $Given.Keys) { $all[$key] = $Given[$key] }
        (Get-Failure { Invoke-VectorMigration @all }).FullyQualifiedErrorId | Should -BeLike "$Id,*"
        Get-QdrantCollection $c* | Should -BeNullOrEmpty
    }

    It 'refuses a file that has changed since, and a plan of ids that meet' {
        $plan = New-MigrationPlan "$t/part-*.faiss" $c -SliceCount 3 -OutputPath "$t/plan.json"
        New-IndexOfIds "$t/part-2.faiss" (0..9).ForEach({ $_ * 10 + 5 })
        (Get-Failure { Invoke-VectorMigration -PlanPath $plan.Path -Slice 2/3 @logs }).FullyQualifiedErrorId | Should -BeLike 'PlanOutdated,*'
        New-IndexOfIds "$t/part-4.faiss" 3, 999
        $failure = Get-Failure { New-MigrationPlan "$t/part-*.faiss" $c -SliceCount 3 -OutputPath "$t/other.json" }
        $failure.FullyQualifiedErrorId | Should -BeLike 'PartIdsOverlap,*'
        "$t/other.json" | Should -Not -Exist
    }

    It 'takes a collection only without a plan, and completes slices' {
        { Invoke-VectorMigration -PlanPath "$t/plan.json" -Slice 1/2 -Collection $c } | Should -Throw -ErrorId 'AmbiguousParameterSet*'
        $sets = (Get-Command Invoke-VectorMigration).ParameterSets
        ($sets | Where-Object Name -EQ Plan).Parameters.Name | Should -Not -Contain Collection
        ($sets | Where-Object Name -EQ Path).Parameters.Where({ $_.Name -eq 'Collection' }).IsMandatory | Should -BeTrue
        $plan = New-MigrationPlan "$t/part-*.faiss" $c -SliceCount 3 -OutputPath "$t/plan.json"
        (TabExpansion2 "Invoke-VectorMigration -PlanPath $($plan.Path) -Slice ").CompletionMatches.CompletionText | Should -Be '1/3', '2/3', '3/3'
    }
}

Describe 'docs/slices.md' {
    BeforeAll {
        $t = (New-Item -ItemType Directory (Join-Path $TestDrive (New-Guid))).FullName
        foreach ($n in 1..3) { New-IndexOfIds "$t/part-$n.faiss" (0..9).ForEach({ $_ * 10 + $n }) }
        $before = $env:QDRANT_URL
        $env:QDRANT_URL = $url
        Push-Location $t
    }

    AfterAll {
        Pop-Location
        $env:QDRANT_URL = $before
        Remove-QdrantCollection docs -Confirm:$false -ErrorAction Ignore
    }

    It 'has blocks that run as they stand, one after the other' -ForEach @{ Blocks = $blocks } {
        $Blocks.Count | Should -Be 3
        $output = @(foreach ($block in $Blocks) { & ([scriptblock]::Create($block)) })
        $output.Status | Should -Not -Contain 'Failed'
        $joins = @($output | Where-Object { $_.PSObject.Properties['Verification'] -and $_.Verification })
        $joins.Count | Should -Be 2
        $joins.Status | Should -Be 'Completed', 'Completed'
        $joins.Verification.Compared | Should -Be 30, 30
    }

    It 'has a block for several servers whose parameters exist' -ForEach @{ Remote = $remote } {
        $Remote.Count | Should -Be 1
        $errors = $null
        $tree = [System.Management.Automation.Language.Parser]::ParseInput($Remote[0], [ref] $null, [ref] $errors)
        $errors | Should -BeNullOrEmpty
        $calls = $tree.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true)
        foreach ($call in $calls.Where({ $_.GetCommandName() -like '*-VectorMigration' })) {
            foreach ($name in $call.CommandElements.Where({ $_ -is [System.Management.Automation.Language.CommandParameterAst] }).ParameterName) {
                (Get-Command $call.GetCommandName()).Parameters.Keys | Should -Contain $name
            }
        }
    }
}
