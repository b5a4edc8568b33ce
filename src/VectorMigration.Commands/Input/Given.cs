using System.Management.Automation;

namespace VectorMigration.Commands;

/// <summary>What of a vector is sent: as it was read, or what a script has made of it, by assignment or by Add-Member.</summary>
/// <param name="Id">The id that a script gave it; null where it has none but its own.</param>
/// <param name="Vector">Its components.</param>
/// <param name="Payload">The payload, where <paramref name="Original"/> is null.</param>
/// <param name="Original">The payload as it was read, empty for none; null where a script has changed it.</param>
/// <param name="IsChanged">A script has changed something.</param>
internal readonly record struct Given(object? Id, object Vector, object? Payload, ReadOnlyMemory<byte>? Original, bool IsChanged)
{
    /// <summary>Looks at a vector of the pipeline.</summary>
    /// <param name="vector">The vector.</param>
    /// <param name="item">The same as it came, in whatever PowerShell wrapped it.</param>
    public static Given Of(FaissVector vector, object item)
    {
        // Members that Add-Member put beside those of the class are found by PowerShell's own binding alone. Through a call site that takes some 15 ns;
        // the collection of properties would take 300.
        dynamic seen = PSObject.AsPSObject(item);
        object? id = InputReader.Unwrap((object?)seen.Id);
        bool hasVector = vector.HasOwnVector;
        vector.IsWatched = false;
        object? components = InputReader.Unwrap((object?)seen.Vector);
        bool hasId = vector.OwnId is not null
            || (!(id is ulong number && !vector.PointId.IsGuid && number == vector.PointId.Number) && !Equals(id, vector.Id));
        hasVector |= !ReferenceEquals(components, vector.Vector);
        vector.IsWatched = true;
        object? payload = InputReader.Unwrap((object?)seen.Payload);
        ReadOnlyMemory<byte>? original = ReferenceEquals(payload, vector.Payload) ? vector.OriginalPayload : null;
        return new Given(hasId ? id ?? string.Empty : null, components ?? string.Empty, payload, original, hasId || hasVector || original is null);
    }
}
