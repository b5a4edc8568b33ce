using System.Text;
using VectorMigration.Vectors;

namespace VectorMigration.Store;

/// <summary>Payloads as a server sent them, which become JSON only where somebody asks for it.</summary>
public abstract class RetrievedPayloads : IDisposable
{
    /// <summary>The JSON object of a row as UTF-8; empty where it has none.</summary>
    public abstract ReadOnlyMemory<byte> Utf8(int row);

    /// <summary>
    /// True where the payload of a row certainly means what a JSON object says, false where that takes comparing its JSON: no more than a short cut for
    /// payloads of many megabytes, which are then held once less.
    /// </summary>
    /// <param name="row">Row.</param>
    /// <param name="json">The object, UTF-8; empty for none.</param>
    public abstract bool IsCertainly(int row, ReadOnlySpan<byte> json);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the buffers back.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}

/// <summary>Points read back: one row for each id asked for.</summary>
public sealed class RetrievedPoints : IDisposable
{
    private readonly BatchMemory memory;
    private readonly bool[] found;
    private readonly string?[]? payloads;
    private readonly RetrievedPayloads? texts;
    private readonly Dictionary<int, string>? problems;
    private readonly HashSet<int>? vectorless;
    private int disposed;

    /// <summary>Makes the answer over rented memory (row-major components), which it gives back when disposed.</summary>
    /// <param name="memory">Components of the found rows.</param>
    /// <param name="dimension">Components of a row.</param>
    /// <param name="found">Which rows were found.</param>
    /// <param name="payloads">JSON objects of the rows, where they were asked for.</param>
    /// <param name="problems">Rows whose vector is not one of <paramref name="dimension"/> components, with the reason.</param>
    /// <param name="vectorless">Rows among them that have no vector of the name that was asked for.</param>
    public RetrievedPoints(BatchMemory memory, int dimension, bool[] found, string?[]? payloads, Dictionary<int, string>? problems,
        HashSet<int>? vectorless = null)
    {
        this.vectorless = vectorless;
        this.memory = memory;
        this.found = found;
        this.payloads = payloads;
        this.problems = problems;
        Dimension = dimension;
    }

    private RetrievedPoints(BatchMemory memory, int dimension, bool[] found, RetrievedPayloads texts, Dictionary<int, string>? problems,
        HashSet<int>? vectorless)
        : this(memory, dimension, found, (string?[]?)null, problems, vectorless) => this.texts = texts;

    /// <summary>Makes the answer of payloads that are read on demand and given back with it.</summary>
    /// <param name="memory">Components of the found rows.</param>
    /// <param name="dimension">Components of a row.</param>
    /// <param name="found">Which rows were found.</param>
    /// <param name="payloads">Payloads of the rows.</param>
    /// <param name="problems">Rows whose vector is not one of <paramref name="dimension"/> components, with the reason.</param>
    /// <param name="vectorless">Rows among them that have no vector of the name that was asked for.</param>
    public static RetrievedPoints Of(BatchMemory memory, int dimension, bool[] found, RetrievedPayloads payloads, Dictionary<int, string>? problems,
        HashSet<int>? vectorless) => new(memory, dimension, found, payloads, problems, vectorless);

    /// <summary>Rows.</summary>
    public int Count => found.Length;

    /// <summary>Components of a row.</summary>
    public int Dimension { get; }

    /// <summary>Whether the server had the point.</summary>
    public bool Found(int row) => found[row];

    /// <summary>Whether a found row has a vector of the name that was asked for.</summary>
    public bool HasVector(int row) => vectorless?.Contains(row) != true;

    /// <summary>Components of a found row.</summary>
    public ReadOnlySpan<float> Vector(int row) => memory.Components.AsSpan(row * Dimension, Dimension);

    /// <summary>Payload of a found row as JSON; null when it has none or none was asked for.</summary>
    public string? Payload(int row) => texts is null ? payloads?[row] : texts.Utf8(row) is { IsEmpty: false } text ? Encoding.UTF8.GetString(text.Span) : null;

    /// <summary>Payload of a found row as JSON in UTF-8; empty when it has none or none was asked for.</summary>
    public ReadOnlyMemory<byte> PayloadUtf8(int row) => texts is null ? Encoding.UTF8.GetBytes(payloads?[row] ?? string.Empty) : texts.Utf8(row);

    /// <summary>True where the payload of a found row certainly means what a JSON object says; false where its JSON is to be compared.</summary>
    /// <param name="row">Row.</param>
    /// <param name="json">The object, UTF-8; empty for none.</param>
    public bool PayloadIsCertainly(int row, ReadOnlySpan<byte> json) => texts?.IsCertainly(row, json) == true;

    /// <summary>Why the vector of a found row could not be read as one of <see cref="Dimension"/> components; null when it could.</summary>
    public string? Problem(int row) => problems is not null && problems.TryGetValue(row, out string? problem) ? problem : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 0)
        {
            memory.Release();
            texts?.Dispose();
        }
    }
}
