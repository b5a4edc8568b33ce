using System.Text.Json;
using Google.Protobuf;

namespace VectorMigration.Qdrant;

/// <summary>One request of the REST interface, and how its answer becomes the message that gRPC's client waits for.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Path and query, escaped.</param>
internal sealed record RestCall(HttpMethod Method, string Path) : IDisposable
{
    /// <summary>The body; null for none.</summary>
    public JsonPieces? Body { get; init; }

    /// <summary>Makes the message of the answer; null for GetResponse, which is read point by point.</summary>
    public required Func<JsonElement, IMessage>? Answer { get; init; }

    /// <summary>A path below a collection.</summary>
    public static string At(string collection, string rest = "") => $"/collections/{Uri.EscapeDataString(collection)}{rest}";

    /// <summary>A query that says whether to wait, and how long; empty where it says nothing.</summary>
    public static string Query(bool waits, ulong timeoutSeconds = 0) =>
        timeoutSeconds > 0 ? FormattableString.Invariant($"?wait={(waits ? "true" : "false")}&timeout={timeoutSeconds}") : waits ? "?wait=true" : "?wait=false";

    /// <summary>Writes a body.</summary>
    public static JsonPieces Write(Action<Utf8JsonWriter> write)
    {
        JsonPieces pieces = new();
        try
        {
            using Utf8JsonWriter writer = new(pieces, new JsonWriterOptions { SkipValidation = true });
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
            writer.Flush();
            return pieces;
        }
        catch
        {
            pieces.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Body?.Dispose();
}
