using Xunit.Abstractions;

namespace VectorMigration.WindowsTests;

/// <summary>The settings of a test run: two threads, data properties read before the run.</summary>
internal sealed class Options : ITestFrameworkDiscoveryOptions, ITestFrameworkExecutionOptions
{
    private readonly Dictionary<string, object?> values = new(StringComparer.Ordinal) { ["xunit.execution.MaxParallelThreads"] = 2 };

    /// <inheritdoc/>
    public TValue GetValue<TValue>(string name) => values.TryGetValue(name, out object? value) && value is TValue typed ? typed : default!;

    /// <inheritdoc/>
    public void SetValue<TValue>(string name, TValue value) => values[name] = value;
}
