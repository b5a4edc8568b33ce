using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>
/// Runs scripts beside a run, one after the other, each in a runspace of its own and for a limited time: the run neither waits for one nor depends on it.
/// </summary>
/// <param name="onPhase">For each phase; null for none.</param>
/// <param name="onEnd">For the end; null for none.</param>
/// <param name="location">Where they begin.</param>
internal sealed class ScriptHooks(ScriptBlock? onPhase, ScriptBlock? onEnd, string location)
{
    /// <summary>How long a script may take.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private readonly List<string> failures = [];
    private Task last = Task.CompletedTask;

    /// <summary>Something happened. From any thread.</summary>
    /// <param name="runEvent">What.</param>
    /// <param name="complete">Puts into a result what only its log knows.</param>
    public void OnEvent(RunEvent runEvent, Func<MigrationResult, MigrationResult> complete)
    {
        switch (runEvent)
        {
            case PhaseStarted phase when onPhase is not null:
                Enqueue("-OnPhase", onPhase, phase);
                break;
            case RunEnded ended when onEnd is not null:
                Enqueue("-OnEnd", onEnd, complete(ended.Result));
                break;
            default:
                break;
        }
    }

    /// <summary>Waits for the scripts that were begun, for their time at most.</summary>
    /// <returns>What went wrong, a sentence each.</returns>
    public IReadOnlyList<string> Finish()
    {
        Task all;
        lock (gate)
        {
            all = last;
        }

        all.Wait(Limit + Limit);
        lock (gate)
        {
            return [.. failures];
        }
    }

    private void Enqueue(string name, ScriptBlock script, object item)
    {
        string text = script.ToString();
        lock (gate)
        {
            last = last.ContinueWith(_ => Run(name, text, item), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private void Run(string name, string script, object item)
    {
        PowerShell shell = PowerShell.Create();
        try
        {
            shell.Runspace.SessionStateProxy.Path.SetLocation(location);
            shell.AddScript($"$args[0] | ForEach-Object {{\n{script}\n}}").AddArgument(item);
            IAsyncResult running = shell.BeginInvoke();
            if (!running.AsyncWaitHandle.WaitOne(Limit))
            {
                // A script that cannot be stopped keeps its runspace; nobody waits for it.
                shell.BeginStop(_ => shell.Dispose(), null);
                Fail(name, $"did not end within {Limit.TotalSeconds:0} s and was stopped");
                return;
            }

            shell.EndInvoke(running);
            if (shell.Streams.Error.Count > 0)
            {
                Fail(name, $"failed: {shell.Streams.Error[0]}");
            }
        }
        catch (Exception e) when (e is RuntimeException or InvalidOperationException)
        {
            Fail(name, $"failed: {e.Message}");
        }

        shell.Dispose();
    }

    private void Fail(string name, string what)
    {
        lock (gate)
        {
            failures.Add($"The script of {name} {CommonErrors.OneLine(what).TrimEnd('.')}. The result of the run is not affected.");
        }
    }
}
