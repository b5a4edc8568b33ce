using System.Management.Automation;
using System.Reflection;
using System.Runtime.InteropServices;

namespace VectorMigration.Commands;

/// <summary>
/// What all cmdlets of the module share: errors become records in one place, Ctrl+C becomes a cancelled token, and however a
/// pipeline ends, <see cref="Abandon"/> is called before the cmdlet is gone, so that nothing is left in flight.
/// </summary>
public abstract class MigrationCommand : PSCmdlet, IDynamicParameters, IDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private SharedParameters? shared;
    private PosixSignalRegistration? termination;
    private int state;
    private bool abandoned;

    // What state is: SIGTERM stops a step that runs. One that waits for input could not end, so the signal ends the process then.
    private const int Waiting = 0;
    private const int Working = 1;
    private const int Terminated = 2;

    /// <summary>Cancelled when the pipeline is stopped.</summary>
    protected CancellationToken StopToken => stopping.Token;

    /// <summary>Somebody stopped the pipeline, by Ctrl+C for example. A pipeline that ends because nobody takes more is not stopped.</summary>
    private protected bool IsStopped { get; private set; }

    private SharedParameters Shared => shared ??= new SharedParameters(this);

    /// <summary>The parameters that this cmdlet shares with others.</summary>
    public object GetDynamicParameters() => Shared.Dictionary;

    /// <summary>Ends what is under way and waits until it has ended. Called once, on the pipeline thread, also after success.</summary>
    protected virtual void Abandon()
    {
    }

    /// <summary>BeginProcessing.</summary>
    protected virtual void OnBegin()
    {
    }

    /// <summary>ProcessRecord.</summary>
    protected virtual void OnRecord()
    {
    }

    /// <summary>EndProcessing.</summary>
    protected virtual void OnEnd()
    {
    }

    /// <summary>After EndProcessing.</summary>
    private protected virtual void OnEnded()
    {
    }

    /// <inheritdoc/>
    protected sealed override void BeginProcessing()
    {
        if (UnattendedSession.OwnsProcess(Host))
        {
            termination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnTermination);
        }

        Guard(() =>
        {
            Shared.Take();
            OnBegin();
        });
    }

    /// <inheritdoc/>
    protected sealed override void ProcessRecord() => Guard(() =>
    {
        Shared.TakePiped();
        OnRecord();
    });

    /// <inheritdoc/>
    protected sealed override void EndProcessing() => Guard(() =>
    {
        OnEnd();
        OnEnded();
    });

    /// <inheritdoc/>
    protected sealed override void StopProcessing()
    {
        IsStopped = true;
        CancelWork();
    }

    /// <summary>Another session stopped the run: the pipeline ends as by Ctrl+C.</summary>
    private protected void EndAsStopped()
    {
        IsStopped = true;
        CancelWork();
        StopToken.ThrowIfCancellationRequested();
    }

    /// <summary>The result of a migration that stands for the index; null where something else was piped or named.</summary>
    private protected MigrationResult? GivenMigration => Shared.Faults.Migration;

    /// <summary>Says something to whoever watches, beside what the cmdlet emits.</summary>
    private protected void Say(string text) => WriteInformation(new HostInformationMessage { Message = text }, ["PSHOST"]);

    /// <summary>Waits for work that the token of this cmdlet stops.</summary>
    internal static T Wait<T>(Task<T> work) => work.GetAwaiter().GetResult();

    /// <summary>Waits for work that the token of this cmdlet stops.</summary>
    internal static void Wait(Task work) => work.GetAwaiter().GetResult();

    /// <summary>Writes a non-terminating error and goes on.</summary>
    internal void WriteError(MigrationException error) => WriteError(CommandErrors.Record(error));

    /// <summary>Writes a non-terminating error and goes on. What it advises is an option of this cmdlet, or names the cmdlet that has it.</summary>
    internal new void WriteError(ErrorRecord record) => base.WriteError(Told(record));

    /// <summary>Writes a warning; likewise.</summary>
    internal new void WriteWarning(string text) => base.WriteWarning(Told(text));

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>PowerShell calls it at the end of every pipeline, also of one that a downstream cmdlet or an error has ended.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            AbandonOnce();
            termination?.Dispose();
            stopping.Dispose();
        }
    }

    private void Guard(Action step)
    {
        try
        {
            _ = Interlocked.CompareExchange(ref state, Working, Waiting);
            step();
            if (Interlocked.CompareExchange(ref state, Waiting, Working) == Terminated)
            {
                throw new PipelineStoppedException();
            }
        }
        catch (Exception error) when (error is PipelineStoppedException or FlowControlException)
        {
            AbandonOnce();
            throw;
        }
        catch (OperationCanceledException) when (StopToken.IsCancellationRequested)
        {
            AbandonOnce();
            throw new PipelineStoppedException();
        }
        catch (MigrationException error)
        {
            AbandonOnce();
            ThrowTerminatingError(Told(CommandErrors.Record(error)));
        }
        catch (Exception error) when (error is not IContainsErrorRecord)
        {
            // What carries a record comes from PowerShell or from a cmdlet behind this one. The rest has the same id and text as on the command line.
            AbandonOnce();
            ThrowTerminatingError(Told(CommandErrors.Record(CommonErrors.Unexpected(error))));
        }
        catch
        {
            AbandonOnce();
            throw;
        }
    }

    private ErrorRecord Told(ErrorRecord record)
    {
        if (record.ErrorDetails is { } details)
        {
            record.ErrorDetails = new ErrorDetails(Told(details.Message)) { RecommendedAction = ToldNext(details.RecommendedAction ?? string.Empty) };
        }

        return record;
    }

    private protected string Told(string text) => OptionNames.ForCommand(text, Has, static option => OptionNames.CmdletOf(option[1..]));

    private string ToldNext(string text) =>
        OptionNames.ForGiven(Told(text), option => option.StartsWith('-') && MyInvocation.BoundParameters.ContainsKey(option[1..]));

    /// <summary>Refuses an object of the pipeline that has a value which its parameter cannot take.</summary>
    /// <exception cref="MigrationException">It has.</exception>
    private protected void RequireUsable() => Shared.Faults.Require();

    /// <summary>The row of a table that stands for the index; null where something else was piped or named.</summary>
    private protected PSObject? GivenRow => Shared.Faults.Row;

    /// <summary>The parameters of this cmdlet, as columns of a table may name them.</summary>
    private protected IReadOnlyList<RowParameter> RowParameters =>
    [
        .. Shared.Dictionary.Values.Select(static parameter => RowParameter.Of(parameter.Name, parameter.Attributes)),
        .. GetType().GetProperties().Where(static property => property.IsDefined(typeof(ParameterAttribute), inherit: true))
            .Select(static property => RowParameter.Of(property.Name, property.GetCustomAttributes<Attribute>())),
    ];

    /// <summary>Takes the several values of a parameter that otherwise takes one; null where there are none.</summary>
    private protected System.Collections.IList? TakeSeveral(params ReadOnlySpan<string> parameters) => Shared.Faults.TakeSeveral(parameters);

    /// <summary>True where this cmdlet has the parameter, named with its dash.</summary>
    internal bool Has(string option)
    {
        string name = option[1..];
        return Shared.Dictionary.ContainsKey(name) || IsCommon(name)
            || GetType().GetProperty(name)?.IsDefined(typeof(ParameterAttribute), inherit: true) == true;
    }

    /// <summary>Parameters that PowerShell itself gives to every cmdlet, to those that change something, and to those that page.</summary>
    private bool IsCommon(string name) => name is "Verbose" or "Debug" or "ErrorAction"
        || (name is "WhatIf" or "Confirm" && Kind.SupportsShouldProcess)
        || (name is "First" or "Skip" or "IncludeTotalCount" && Kind.SupportsPaging);

    private CmdletAttribute Kind => GetType().GetCustomAttribute<CmdletAttribute>()!;

    private void AbandonOnce()
    {
        if (!abandoned)
        {
            abandoned = true;
            CancelWork();
            Abandon();
            if (IsStopped)
            {
                UnattendedSession.EndInterrupted(Host, state == Terminated);
            }
        }
    }

    // As Ctrl+C: what is under way ends, and its journal is whole. A second signal ends the process at once.
    private void OnTermination(PosixSignalContext signal)
    {
        if (Interlocked.CompareExchange(ref state, Terminated, Working) == Working)
        {
            signal.Cancel = true;
            IsStopped = true;
            CancelWork();
        }
    }

    // The stop comes on a thread of its own, perhaps after the pipeline has ended by itself.
    private protected void CancelWork()
    {
        try
        {
            stopping.Cancel();
        }
        catch (ObjectDisposedException)
        {
        }
    }
}
