using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace VectorMigration.SideFiles.VectorFiles;

/// <summary>The vectors of one file, or of several one behind the other. Their ids are their rows.</summary>
internal sealed class VectorFileSource : IVectorSource, IChangeDetector
{
    private readonly List<VectorRows> parts;
    private readonly long[] firsts;

    /// <summary>Makes a source of files, at least one, which belong to it from here on.</summary>
    /// <param name="path">What was named: a file, or the folder that they lie in.</param>
    /// <param name="parts">The files in their order, all with one dimension.</param>
    public VectorFileSource(string path, List<VectorRows> parts)
    {
        this.parts = parts;
        firsts = new long[parts.Count + 1];
        for (int i = 0; i < parts.Count; i++)
        {
            firsts[i + 1] = firsts[i] + parts[i].Count;
        }

        string identity = string.Join('\n', parts.Select(static part => part.Part.Identity));
        long size = parts.Sum(static part => part.Part.Bytes.Length);
        Description = new IndexDescription
        {
            Path = path,
            Kind = parts.Count == 1 ? parts[0].Form : $"{parts.Count} files, {FormOf(parts)}",
            FourCC = string.Empty,
            Dimension = parts[0].Dimension,
            Count = firsts[^1],
            Metric = FaissMetric.None,
            Fidelity = parts.Exists(static part => part.IsRounded) ? Fidelity.RoundingOnly : Fidelity.Exact,
            Size = size,
            PartOrder = NameOrder.InDoubt([.. parts.Select(static part => Path.GetFileName(part.Part.Path))]),
            Warnings =
            [
                .. parts.Where(static part => part.NotRead is not null).Select(static part => $"{part.Part.Path} also has {part.NotRead}, which is not read."),
                .. Differing(parts),
            ],
            Identity = new SourceIdentity(
                path,
                size,
                parts.Max(static part => part.Part.Bytes.LastWriteTimeUtc),
                Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)))),
        };
    }

    /// <inheritdoc/>
    public IndexDescription Description { get; }

    /// <inheritdoc/>
    public VectorBatch Read(long ordinal, int count, CancellationToken cancellationToken)
    {
        int rows = RowsFrom(ordinal, count);
        int dimension = Description.Dimension;
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)rows * dimension, Array.MaxLength, nameof(count));
        BatchMemory memory = BatchMemory.Rent(rows, dimension);
        try
        {
            Span<float> components = memory.Components.AsSpan(0, rows * dimension);
            for (long row = ordinal; !components.IsEmpty;)
            {
                int part = Array.BinarySearch(firsts, row);
                part = part < 0 ? ~part - 1 : part;
                while (firsts[part + 1] == row)
                {
                    // One without a vector.
                    part++;
                }

                int some = (int)Math.Min(components.Length / dimension, firsts[part + 1] - row);
                parts[part].Read(row - firsts[part], components[..(some * dimension)], cancellationToken);
                components = components[(some * dimension)..];
                row += some;
            }

            ReadIds(ordinal, memory.Ids.AsSpan(0, rows), cancellationToken);
            ThrowIfChanged();
            return VectorBatch.Create(
                Description.Identity, ordinal, dimension, memory.Ids.AsMemory(0, rows), memory.Components.AsMemory(0, rows * dimension), memory);
        }
        catch (Exception error)
        {
            memory.Release();
            if (error is MigrationException)
            {
                // If a file changed meanwhile, that change is the cause of whatever was found wrong.
                ThrowIfChanged();
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public int ReadIds(long ordinal, Span<long> destination, CancellationToken cancellationToken)
    {
        int rows = RowsFrom(ordinal, destination.Length);
        for (int i = 0; i < rows; i++)
        {
            destination[i] = ordinal + i;
        }

        return rows;
    }

    /// <inheritdoc/>
    public void ThrowIfChanged()
    {
        foreach (VectorRows part in parts)
        {
            if (part.Part.Bytes.Change() is string change)
            {
                throw VectorFileErrors.Changed(part.Part.Path, change);
            }
        }
    }

    /// <inheritdoc/>
    public void ThrowIfContentChanged()
    {
        ThrowIfChanged();
        foreach (VectorRows part in parts)
        {
            if (part.Part.HasOtherContent())
            {
                throw VectorFileErrors.Changed(part.Part.Path, "sampled blocks of it have changed since it was opened");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => parts.ForEach(static part => part.Dispose());

    /// <summary>What the files are: the form of all, with every type that they have.</summary>
    private static string FormOf(List<VectorRows> parts)
    {
        string[] forms = [.. parts.Select(static part => part.Form).Distinct()];
        string shared = forms[0][..(forms[0].LastIndexOf(", ", StringComparison.Ordinal) + 1)];
        return shared.Length > 0 && forms.All(form => form.StartsWith(shared, StringComparison.Ordinal))
            ? $"{shared} {string.Join(" or ", forms.Select(form => form[(shared.Length + 1)..]))}"
            : string.Join(" or ", forms);
    }

    /// <summary>Which files are not as the first one: they are read, and perhaps one of them was not meant.</summary>
    private static IEnumerable<string> Differing(List<VectorRows> parts)
    {
        VectorRows[] others = [.. parts.Where(part => part.Form != parts[0].Form)];
        if (others.Length > 0)
        {
            yield return $"The files do not have the same type: {Path.GetFileName(parts[0].Part.Path)} is a {parts[0].Form}, and "
                + $"{Path.GetFileName(others[0].Part.Path)} is a {others[0].Form}"
                + $"{(others.Length > 1 ? string.Create(CultureInfo.InvariantCulture, $" ({others.Length:N0} files differ from the first)") : string.Empty)}."
                + (parts.Exists(static part => part.IsRounded) && !parts.TrueForAll(static part => part.IsRounded)
                    ? " Components of float64 are rounded to float32; the others stay exact." : string.Empty);
        }
    }

    private int RowsFrom(long ordinal, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ordinal);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return (int)Math.Min(count, Math.Max(0, Description.Count - ordinal));
    }
}
