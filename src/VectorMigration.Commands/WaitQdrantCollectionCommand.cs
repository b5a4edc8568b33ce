using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>Wait-QdrantCollection: waits until a server has indexed all that it will ever index of a collection.</summary>
[Cmdlet(VerbsLifecycle.Wait, "QdrantCollection", SupportsShouldProcess = true, HelpUri = ProjectAddress.Help)]
[OutputType(typeof(IndexingResult))]
public sealed class WaitQdrantCollectionCommand : ServerCommand
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(250);
    private long indexed;
    private long vectors;

    private CollectionNamesParameters Collections { get; } = new();

    /// <summary>Longest wait for each collection in seconds; as long as the server gets anywhere when left out.</summary>
    [Parameter]
    [EmptyIsNotGiven]
    [ValidateRangeIfGiven(1, 604_800)]
    public int? TimeoutSec { get; set; }

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        string[] names = Possible(Collections.Name);
        if (names.Length == 0)
        {
            return;
        }

        IReadOnlyDictionary<string, string> aliases = Wait(AliasStore.ListAliasesAsync(StopToken));
        foreach (string given in names)
        {
            string name = aliases.GetValueOrDefault(given, given);
            if (Wait(Store.GetCollectionAsync(name, StopToken)) is not { } collection)
            {
                WriteError(Missing(name));
                continue;
            }

            Reenable(collection);
            if (Follow(new IndexWait(Store, name, new IndexWaitLimits { Timeout = TimeoutSec is int seconds ? TimeSpan.FromSeconds(seconds) : null },
                TimeProvider.System), name) is { } result)
            {
                WriteObject(result);
                if (result.Status == IndexingStatus.Unfinished)
                {
                    WriteError(IndexingErrors.Unfinished(name, result));
                }
            }
        }
    }

    /// <summary>What a migration has put off and a crash has left so is taken up; asked for, because that migration may be running.</summary>
    private void Reenable(CollectionDescription collection)
    {
        if (DeferredIndexing.IsDeferred(collection) && ShouldProcess(At(collection.Name), "Resume the indexing that a migration deferred"))
        {
            Wait(DeferredIndexing.EndAsync(Store, collection, StopToken));
        }
        else if (IndexingAdvice.Off(collection) is string off)
        {
            WriteWarning(off);
        }
    }

    private IndexingResult? Follow(IndexWait wait, string name)
    {
        RunProgressBar progress = new(this, $"Waiting for the index of {name}");
        progress.Start("index");
        Task<IndexingResult> work = Task.Run(() => wait.RunAsync(Note, StopToken), CancellationToken.None);
        try
        {
            while (!((IAsyncResult)work).AsyncWaitHandle.WaitOne(Beat))
            {
                progress.Report(Interlocked.Read(ref indexed), Interlocked.Read(ref vectors));
            }

            return Wait(work);
        }
        catch (MigrationException error)
        {
            WriteError(error);
            return null;
        }
        finally
        {
            progress.Complete();
        }
    }

    private void Note(long done, long total)
    {
        Interlocked.Exchange(ref indexed, done);
        Interlocked.Exchange(ref vectors, total);
    }
}
