# What an OpenTelemetry collector gets from runs of a PowerShell session. The collector is a node process that decodes by OpenTelemetry's own package.
BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')

    function Start-Collector {
        $packages = & bash (Join-Path $root 'tools/witness/install.sh') collector
        $start = [System.Diagnostics.ProcessStartInfo]::new('node')
        (Join-Path $root 'tools/collector/collector.mjs'), $packages | ForEach-Object { $start.ArgumentList.Add($_) }
        $start.RedirectStandardInput = $true
        $start.RedirectStandardOutput = $true
        $process = [System.Diagnostics.Process]::Start($start)
        [pscustomobject]@{ Process = $process; Url = "http://127.0.0.1:$(($process.StandardOutput.ReadLine() | ConvertFrom-Json).http)" }
    }

    function Stop-Collector($Collector) {
        $Collector.Process.StandardInput.Close()
        $said = $Collector.Process.StandardOutput.ReadToEnd()
        $Collector.Process.WaitForExit()
        $Collector.Process.Dispose()
        $said -split "`n" | Where-Object { $_ } | ForEach-Object { $_ | ConvertFrom-Json -Depth 100 }
    }

    $saved = 'OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_PROTOCOL' | ForEach-Object { @{ $_ = [Environment]::GetEnvironmentVariable($_) } }
}

AfterAll {
    $saved | ForEach-Object { $_.GetEnumerator() | ForEach-Object { [Environment]::SetEnvironmentVariable($_.Key, $_.Value) } }
}

Describe 'Telemetry of runs in PowerShell' {
    It 'keeps runs of one process apart: migrations side by side, and a pipeline' {
        $collector = Start-Collector
        try {
            $env:OTEL_EXPORTER_OTLP_ENDPOINT = $collector.Url
            $env:OTEL_EXPORTER_OTLP_PROTOCOL = 'http/protobuf'
            Push-Location $TestDrive
            $results = 'otel-a', 'otel-b' | ForEach-Object -ThrottleLimit 2 -Parallel {
                Import-Module $using:manifest
                Invoke-VectorMigration (Join-Path $using:TestDrive words.faiss) $_ -Uri $using:url -LogDirectory (Join-Path $using:TestDrive "logs-$_")
            }
            $results.Status | Should -Be Completed, Completed
            $batches = Get-FaissVector ./words.faiss | Send-QdrantBatch -Collection otel-c -Uri $url -LogDirectory ./logs-otel-c
            @($batches | Where-Object Status -NE Completed) | Should -BeNullOrEmpty
            $env:OTEL_EXPORTER_OTLP_ENDPOINT = $null
            Invoke-VectorMigration ./words.faiss otel-d -Uri $url -LogDirectory ./logs-otel-d | ForEach-Object Status | Should -Be Completed
        }
        finally {
            Pop-Location
            $sent = @(Stop-Collector $collector)
        }

        # Each source of metrics tells of one collection, and of all its vectors.
        $count = (Get-FaissIndex "$TestDrive/words.faiss").Count
        $sources = foreach ($resource in ($sent | Where-Object kind -EQ metrics).body.resourceMetrics) {
            $points = ($resource.scopeMetrics.metrics | Where-Object name -EQ 'vectormigration.vectors.acknowledged').sum.dataPoints
            [pscustomobject]@{
                Instance = ($resource.resource.attributes | Where-Object key -EQ 'service.instance.id').value.stringValue
                Collections = @(($points.attributes | Where-Object key -EQ 'db.collection.name').value.stringValue | Sort-Object -Unique) -join ','
                Last = @($points)[-1].asInt
            }
        }
        $last = $sources | Group-Object Instance | ForEach-Object { $_.Group[-1] } | Sort-Object Collections
        $last.Collections | Should -Be 'otel-a', 'otel-b', 'otel-c'
        $last.Last | Should -Be $count, $count, $count

        # And each trace is one run's.
        $spans = ($sent | Where-Object kind -EQ traces).body.resourceSpans.scopeSpans.spans
        $traces = $spans | Group-Object traceId
        @($traces).Count | Should -Be 3
        ($traces | ForEach-Object { ($_.Group | Where-Object name -Like 'migrate *').name } | Sort-Object) |
            Should -Be 'migrate otel-a', 'migrate otel-b', 'migrate otel-c'
        @($spans | Group-Object spanId | Where-Object Count -GT 1) | Should -BeNullOrEmpty
    }

    It 'warns of a collector that is not there, and completes' {
        try {
            $env:OTEL_EXPORTER_OTLP_ENDPOINT = 'http://127.0.0.1:1'
            $env:OTEL_EXPORTER_OTLP_PROTOCOL = 'http/protobuf'
            $quiet = @{ Uri = $url; LogDirectory = "$TestDrive/logs-otel-e"; WarningAction = 'SilentlyContinue' }
            $result = Invoke-VectorMigration "$TestDrive/words.faiss" otel-e @quiet -WarningVariable warned
            $result.Status | Should -Be Completed
            @($warned -match 'Not all telemetry reached the OpenTelemetry collector').Count | Should -Be 1
            $verified = Test-VectorMigration "$TestDrive/words.faiss" otel-e @quiet -WarningVariable warned
            $verified | Should -BeTrue
            @($warned -match 'Not all telemetry reached the OpenTelemetry collector').Count | Should -Be 1
        }
        finally {
            $env:OTEL_EXPORTER_OTLP_ENDPOINT = $null
        }
    }
}
