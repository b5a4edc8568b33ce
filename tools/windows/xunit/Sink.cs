using System.Diagnostics;
using Xunit.Abstractions;

namespace VectorMigration.WindowsTests;

/// <summary>Counts what a run of tests reports, and prints what failed.</summary>
/// <param name="leftOut">Tests that are not run.</param>
/// <param name="ended">Ids of cases that have ended in an earlier process.</param>
internal sealed class Sink(LeftOut[] leftOut, IEnumerable<string> ended) : IMessageSink, IDisposable
{
    private readonly HashSet<string> before = new(ended, StringComparer.Ordinal);
    private readonly Lock gate = new();
    private readonly HashSet<string> underWay = new(StringComparer.Ordinal);
    private readonly Dictionary<string, decimal> seconds = new(StringComparer.Ordinal);

    private long last = Stopwatch.GetTimestamp();

    /// <summary>For how long no test has begun or ended.</summary>
    public TimeSpan Quiet => Stopwatch.GetElapsedTime(Interlocked.Read(ref last));

    public List<ITestCase> Cases { get; } = [];

    public int Passed { get; private set; }

    public int Failed { get; private set; }

    public int Skipped { get; private set; }

    public ManualResetEventSlim Found { get; } = new();

    public ManualResetEventSlim Ended { get; } = new();

    /// <inheritdoc/>
    public bool OnMessage(IMessageSinkMessage message)
    {
        Interlocked.Exchange(ref last, Stopwatch.GetTimestamp());
        lock (gate)
        {
            Take(message);
        }

        return true;
    }

    /// <summary>Prints what is left to say: tests under way, what was left out and why, and the tests that took longest.</summary>
    public void End()
    {
        lock (gate)
        {
            foreach (string name in underWay)
            {
                Console.WriteLine($"HUNG {name}");
            }

            foreach (LeftOut left in leftOut)
            {
                Skipped += left.Count;
                Console.WriteLine($"LEFT OUT | {left.Count} | {left.Part} | {left.Reason}");
            }

            foreach ((string name, decimal time) in seconds.OrderByDescending(static pair => pair.Value).Take(40))
            {
                Console.WriteLine($"{time:0.0} s {name}");
            }
        }
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
            case ITestCaseDiscoveryMessage found when Array.Exists(leftOut, left => left.Takes(found.TestCase)):
                break;
            case ITestCaseDiscoveryMessage found when before.Contains(found.TestCase.UniqueID):
                break;
            case ITestCaseDiscoveryMessage found:
                Cases.Add(found.TestCase);
                break;
            case IDiscoveryCompleteMessage:
                Found.Set();
                break;
            case ITestStarting starting:
                underWay.Add(starting.Test.DisplayName);
                break;
            case ITestPassed result:
                Passed++;
                Finish(result);
                break;
            case ITestFailed failed:
                Fail(failed.Test.DisplayName, failed);
                Finish(failed);
                break;
            case ITestSkipped skipped:
                Skipped++;
                Console.WriteLine($"!!! NOT RUN: {skipped.Test.DisplayName}: {skipped.Reason}");
                break;
            case ITestCaseFinished of:
                int passed = of.TestsRun - of.TestsFailed - of.TestsSkipped;
                Console.WriteLine($"CASE {of.TestCase.UniqueID} {passed} {of.TestsFailed} {of.TestsSkipped}");
                break;
            case ITestAssemblyFinished:
                Ended.Set();
                break;
            case IFailureInformation failure:
                Fail(message.GetType().Name, failure);
                break;
        }
    }

    private void Finish(ITestResultMessage result)
    {
        underWay.Remove(result.Test.DisplayName);
        string name = $"{result.Test.TestCase.TestMethod.TestClass.Class.Name}.{result.Test.TestCase.TestMethod.Method.Name}";
        seconds[name] = seconds.GetValueOrDefault(name) + result.ExecutionTime;
    }

    private void Fail(string name, IFailureInformation failure)
    {
        Failed++;
        Console.WriteLine($"FAILED {name}: {string.Join(" ", failure.ExceptionTypes)}: {string.Join(" ", failure.Messages)}");
        Console.WriteLine(string.Join(Environment.NewLine, failure.StackTraces));
    }
}
