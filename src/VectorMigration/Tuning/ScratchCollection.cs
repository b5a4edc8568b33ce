using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using VectorMigration.Collections;
using VectorMigration.Errors;
using VectorMigration.Store;

namespace VectorMigration.Tuning;

/// <summary>
/// The collection that trials go to: made as the migration would make its own, begun anew for each of them, and removed whatever happens. Its name and its
/// metadata say what it is, so that one that a killed process left behind is known as such.
/// </summary>
internal sealed partial class ScratchCollection
{
    /// <summary>Key of the metadata that the time of making stands under.</summary>
    public const string MadeAtKey = "vector_migration_scratch";

    /// <summary>An older one belongs to a process that is gone: no tuning takes longer.</summary>
    public static readonly TimeSpan LeftoverAge = TimeSpan.FromHours(2);

    /// <summary>How long the removal may take; shorter where somebody waits at the keyboard.</summary>
    private static readonly TimeSpan RemovalTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RemovalTimeWhenStopped = TimeSpan.FromSeconds(2);
    private const int LongestName = 255;

    private readonly IVectorStore store;
    private readonly CollectionSettings settings;
    private readonly Guid runId;
    private readonly TimeProvider time;
    private bool mayExist;

    public ScratchCollection(IVectorStore store, string wanted, CollectionSettings settings, Guid runId, TimeProvider time)
    {
        this.store = store;
        this.settings = settings;
        this.runId = runId;
        this.time = time;
        string suffix = "-tuning-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        Name = wanted[..Math.Min(wanted.Length, LongestName - suffix.Length)] + suffix;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The settings of an existing collection, to make another one like it.</summary>
    public static CollectionSettings Like(CollectionDescription existing, CollectionSettings wanted)
    {
        CollectionVector? vector = existing.Vectors.FirstOrDefault(candidate => candidate.Name == (wanted.VectorName ?? string.Empty));
        return wanted with
        {
            Datatype = vector?.Datatype ?? wanted.Datatype,
            OnDisk = vector?.OnDisk,
            HnswM = (int?)existing.HnswM,
            HnswEfConstruction = (int?)existing.HnswEfConstruction,
            ShardNumber = existing.ShardNumber > 0 ? (int)existing.ShardNumber : null,
            ReplicationFactor = existing.ReplicationFactor > 0 ? (int)existing.ReplicationFactor : null,
            OnDiskPayload = existing.OnDiskPayload,
            Quantization = existing.Quantization,
            Optimizer = existing.Optimizer,
        };
    }

    /// <summary>Makes it, empty; one that is there already is removed first.</summary>
    public async Task RenewAsync(CancellationToken cancellationToken)
    {
        if (mayExist)
        {
            await store.DeleteCollectionAsync(Name, cancellationToken).ConfigureAwait(false);
        }

        mayExist = true;
        var metadata = new Dictionary<string, string>(CollectionFit.Metadata(runId))
        {
            [MadeAtKey] = time.GetUtcNow()
            .ToString("O", CultureInfo.InvariantCulture)
        };
        await store.CreateCollectionAsync(Name, settings with { Metadata = metadata }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes it. Asks no token that may be cancelled already; gives up after a few seconds.</summary>
    /// <returns>Why it may still be there; null where it is gone.</returns>
    public async Task<string?> RemoveAsync(bool stopped)
    {
        if (!mayExist)
        {
            return null;
        }

        using var limit = new CancellationTokenSource(stopped ? RemovalTimeWhenStopped : RemovalTime, time);
        try
        {
            await store.DeleteCollectionAsync(Name, limit.Token).ConfigureAwait(false);
            mayExist = false;
            return null;
        }
        catch (Exception e) when (e is MigrationException or OperationCanceledException)
        {
            string reason = e is MigrationException error ? error.Message : "the server did not answer in time";
            return $"The scratch collection '{Name}' at {store.Endpoint} could not be removed: {reason} Remove it with Remove-QdrantCollection '{Name}' "
                + $"(DELETE /collections/{Name}), or tune again after some hours, which removes it.";
        }
    }

    /// <summary>Removes scratch collections that processes which are gone have left behind: only those whose metadata says so.</summary>
    /// <returns>What was removed, and what looks like one but does not say so.</returns>
    public async Task<IReadOnlyList<string>> RemoveLeftoversAsync(CancellationToken cancellationToken)
    {
        var told = new List<string>();
        foreach (string name in await store.ListCollectionsAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!ScratchName().IsMatch(name) || await store.GetCollectionAsync(name, cancellationToken)
                .ConfigureAwait(false) is not CollectionDescription found)
            {
                continue;
            }

            if (!found.Metadata.TryGetValue(MadeAtKey, out string? text)
                || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out DateTimeOffset madeAt))
            {
                told.Add($"The collection '{name}' has the name of a scratch collection, but its metadata does not identify it as one. It was not removed.");
            }
            else if (time.GetUtcNow() - madeAt > LeftoverAge && await store.DeleteCollectionAsync(name, cancellationToken).ConfigureAwait(false))
            {
                told.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"The scratch collection '{name}' of a tuning at {madeAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC was still there "
                    + $"and was removed."));
            }
        }

        return told;
    }

    [GeneratedRegex("-tuning-[0-9a-f]{8}$", RegexOptions.CultureInvariant)]
    private static partial Regex ScratchName();
}
