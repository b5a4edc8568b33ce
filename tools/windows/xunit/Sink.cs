using Xunit.Abstractions;

namespace VectorMigration.WindowsTests;

/// <summary>Counts what a run of tests reports, and prints what failed.</summary>
/// <param name="leftOut">Parts of the full names of tests that are not run.</param>
internal sealed class Sink(string[] leftOut) : IMessageSink, IDisposable
{
    private readonly Lock gate = new();

    public List<ITestCase> Cases { get; } = [];

    public int LeftOut { get; private set; }

    public int Passed { get; private set; }

    public int Failed { get; private set; }

    public int Skipped { get; private set; }

    public ManualResetEventSlim Found { get; } = new();

    public ManualResetEventSlim Ended { get; } = new();

    /// <inheritdoc/>
    public bool OnMessage(IMessageSinkMessage message)
    {
        lock (gate)
        {
            Take(message);
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Found.Dispose();
        Ended.Dispose();
    }

    private void Take(IMessageSinkMessage message)
    {
        switch (message)
        {
            case ITestCaseDiscoveryMessage found when leftOut.Any(part => found.TestCase.DisplayName.Contains(part, StringComparison.Ordinal)):
                LeftOut++;
                break;
            case ITestCaseDiscoveryMessage found:
                Cases.Add(found.TestCase);
                break;
            case IDiscoveryCompleteMessage:
                Found.Set();
                break;
            case ITestPassed:
                Passed++;
                break;
            case ITestFailed failed:
                Fail(failed.Test.DisplayName, failed);
                break;
            case ITestSkipped skipped:
                Skipped++;
                Console.WriteLine($"!!! NOT RUN: {skipped.Test.DisplayName}: {skipped.Reason}");
                break;
            case ITestAssemblyFinished:
                Ended.Set();
                break;
            case IFailureInformation failure:
                Fail(message.GetType().Name, failure);
                break;
        }
    }

    private void Fail(string name, IFailureInformation failure)
    {
        Failed++;
        Console.WriteLine($"FAILED {name}: {string.Join(" ", failure.ExceptionTypes)}: {string.Join(" ", failure.Messages)}");
        Console.WriteLine(string.Join(Environment.NewLine, failure.StackTraces));
    }
}
