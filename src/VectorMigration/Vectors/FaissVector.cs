using System.Runtime.InteropServices;
using System.Text;

namespace VectorMigration.Vectors;

/// <summary>
/// One vector as PowerShell receives it; it owns its memory. <see cref="Source"/> ties it to its index, so that
/// <c>Send-QdrantBatch</c> can create the collection from that index.
/// </summary>
public sealed class FaissVector
{
    private readonly byte[]? utf8;
    private object? id;
    private object? payload;
    private float[] vector;
    private bool hasOwnPayload;
    private bool hasOwnVector;
    private ulong? shown;

    /// <summary>Makes a vector.</summary>
    public FaissVector(IndexDescription? index, long ordinal, long faissId, PointId id, float[] vector, string? payload = null)
        : this(index, ordinal, faissId, id, vector, payload is null ? null : Encoding.UTF8.GetBytes(payload), plain: null)
    {
    }

    /// <summary>Makes a vector with the bytes of its payload, which it keeps.</summary>
    internal FaissVector(IndexDescription? index, long ordinal, long faissId, PointId id, float[] vector, byte[]? payload, Func<object, object>? plain)
    {
        ArgumentNullException.ThrowIfNull(vector);
        Index = index;
        Ordinal = ordinal;
        FaissId = faissId;
        PointId = id;
        this.vector = vector;
        utf8 = payload;
        Plain = plain;
    }

    /// <summary>
    /// Point id as a number (<see cref="ulong"/>) or a <see cref="Guid"/>; the FAISS id where that is negative. What is assigned is the id that is sent.
    /// </summary>
    public object Id
    {
        get => id ?? (FaissId < 0 && !PointId.IsGuid ? FaissId : PointId.Value);
        set => id = value ?? throw new ArgumentNullException(nameof(value));
    }

    /// <summary>Place in the index's storage order, from 0.</summary>
    public long Ordinal { get; }

    /// <summary>The id in the index.</summary>
    public long FaissId { get; }

    /// <summary>The components, float32. What is assigned, or written into them, is what is sent.</summary>
    public float[] Vector
    {
        get
        {
            // Whoever has the array can write into it.
            shown ??= IsWatched ? Mark(vector) : null;
            return vector;
        }

        set
        {
            ArgumentNullException.ThrowIfNull(value);
            vector = value;
            hasOwnVector = true;
        }
    }

    /// <summary>Number of components.</summary>
    public int Dimension => vector.Length;

    /// <summary>
    /// The payload: a <see cref="VectorPayload"/>, which is made when it is first asked for, or whatever was assigned; null for none. As text it is JSON.
    /// </summary>
    public object? Payload
    {
        get => hasOwnPayload || payload is not null || utf8 is null ? payload : payload = new VectorPayload(utf8, Plain);
        set
        {
            payload = value;
            hasOwnPayload = true;
        }
    }

    /// <summary>Full path of the index file, or null.</summary>
    public string? Source => Index?.Path;

    /// <summary>Euclidean norm of the components.</summary>
    public double Norm => Norms.Of(vector);

    /// <summary>The index that the vector was read from, or null.</summary>
    internal IndexDescription? Index { get; }

    /// <summary>The point id; meaningless where <see cref="FaissId"/> is negative and no mapping was asked.</summary>
    internal PointId PointId { get; }

    /// <summary>The id that was assigned, or null.</summary>
    internal object? OwnId => id;

    /// <summary>Components were assigned, or written into the array.</summary>
    internal bool HasOwnVector => hasOwnVector || (shown is ulong before && before != Mark(vector));

    /// <summary>False while the cmdlets themselves look at the components: they write nothing into them.</summary>
    internal bool IsWatched { get; set; } = true;

    /// <summary>The payload as it was read: empty for none, null where another was assigned or a script has changed it.</summary>
    internal ReadOnlyMemory<byte>? OriginalPayload => hasOwnPayload ? null
        : payload is VectorPayload asked ? asked.Original : utf8 ?? ReadOnlyMemory<byte>.Empty;

    /// <summary>Makes what a script puts into the payload what it is; null where nothing wraps values.</summary>
    private Func<object, object>? Plain { get; }

    /// <summary>A digest of 64 bits. Each step can be undone, so another value of one component always has another digest.</summary>
    private static ulong Mark(ReadOnlySpan<float> components)
    {
        const ulong Odd = 0x9E3779B97F4A7C15;
        ulong mark = (ulong)components.Length;
        ReadOnlySpan<ulong> pairs = MemoryMarshal.Cast<float, ulong>(components);
        foreach (ulong pair in pairs)
        {
            mark = (mark ^ pair) * Odd;
            mark ^= mark >> 32;
        }

        return components.Length % 2 == 0 ? mark : (mark ^ BitConverter.SingleToUInt32Bits(components[^1])) * Odd;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Id} [{Dimension}]";
}
