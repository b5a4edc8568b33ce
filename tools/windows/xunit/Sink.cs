using System.Diagnostics;
using Xunit.Abstractions;

namespace VectorMigration.WindowsTests;

/// <summary>Counts what a run of tests reports, and prints what failed.</summary>
/// <param name="leftOut">Tests that are not run.</param>
/// <param name="chosen">Parts of the names of the tests that are run; empty for all.</param>
internal sealed class Sink(LeftOut[] leftOut, string[] chosen) : IMessageSink, IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Stopwatch> underWay = new(StringComparer.Ordinal);
    private readonly Dictionary<string, decimal> seconds = new(StringComparer.Ordinal);

    public List<ITestCase> Cases { get; } = [];

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

    /// <summary>Prints what is left to say: tests under way, what was left out and why, and the tests that took longest.</summary>
    /// <param name="ended">False if time ran out.</param>
    /// <returns>How many failed.</returns>
    public int End(bool ended)
    {
        lock (gate)
        {
            foreach ((string name, Stopwatch clock) in ended ? [] : underWay)
            {
                Failed++;
                Console.WriteLine($"FAILED {name}: it has run for {clock.Elapsed.TotalSeconds:0} s and did not end");
            }

            Failed += ended || underWay.Count > 0 ? 0 : 1;
            foreach (LeftOut left in leftOut)
            {
                Skipped += left.Count;
                Console.WriteLine(left.Count > 0 ? $"!!! NOT RUN: on Wine: {left.Part} ({left.Count}): {left.Reason}"
                    : chosen.Length > 0 ? string.Empty : $"FAILED: no test is named {left.Part}, which the list leaves out");
                Failed += left.Count == 0 && chosen.Length == 0 ? 1 : 0;
            }

            foreach ((string name, decimal time) in seconds.OrderByDescending(static pair => pair.Value).Take(20))
            {
                Console.WriteLine($"{time:0.0} s {name}");
            }

            return Failed;
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
            case ITestCaseDiscoveryMessage found:
                if (chosen.Length == 0 || Array.Exists(chosen, part => found.TestCase.DisplayName.Contains(part, StringComparison.Ordinal)))
                {
                    Cases.Add(found.TestCase);
                }

                break;
            case IDiscoveryCompleteMessage:
                Found.Set();
                break;
            case ITestStarting starting:
                underWay[starting.Test.DisplayName] = Stopwatch.StartNew();
                break;
            case ITestPassed passed:
                Passed++;
                Finish(passed);
                break;
            case ITestFailed failed:
                Fail(failed.Test.DisplayName, failed);
                Finish(failed);
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
