using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using VectorMigration.Micro;

// In this process: what BenchmarkDotNet would build for itself meets the strict settings of this repository.
Job job = Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance);
ManualConfig config = ManualConfig.Create(DefaultConfig.Instance).AddJob(job).WithOptions(ConfigOptions.DisableLogFile)
    .WithArtifactsPath(Path.Combine("artifacts", "bench", "micro"));
Type[] all = [typeof(EncodingBenchmarks), typeof(CheckBenchmarks), typeof(DistanceBenchmarks)];
using StreamWriter page = File.CreateText(Path.Combine("bench", "results", "micro.md"));
page.Write("# The hot path piece by piece\n\nMade by `./build.sh bench micro` (BenchmarkDotNet, short runs): 100 vectors a batch. **Ratio** is against "
    + "the first row of the same table and dimension.\n");
foreach (Type type in all)
{
    Summary summary = BenchmarkRunner.Run(type, config);
    using StringWriter text = new();
    MarkdownExporter.GitHub.ExportToLog(summary, new TextLogger(text));
    page.Write($"\n## {type.Name.Replace("Benchmarks", string.Empty, StringComparison.Ordinal)}\n\n{text}\n");
    page.Flush();
}

return 0;
