using VectorMigration.Faiss.Fields;
using VectorMigration.Faiss.Input;
using VectorMigration.Faiss.Kinds;
using VectorMigration.Faiss.Layouts;
using VectorMigration.Files;
using VectorMigration.Vectors;

namespace VectorMigration.Faiss;

/// <summary>An index whose header has been read, with the files it lies in.</summary>
internal sealed class OpenedIndex : IDisposable
{
    private OpenedIndex(IReadOnlyList<FaissFile> files, IndexDescription description, VectorLayout? layout)
    {
        Files = files;
        Description = description;
        Layout = layout;
    }

    /// <summary>The index file first, then those of its lists.</summary>
    public IReadOnlyList<FaissFile> Files { get; }

    public IndexDescription Description { get; }

    /// <summary>Null where this version does not read the vectors.</summary>
    public VectorLayout? Layout { get; }

    public static OpenedIndex Open(string path, string? listPath = null)
    {
        return Open(FaissFile.Open(FileNames.Full(path)), listPath is null ? null : FileNames.Full(listPath));
    }

    /// <summary>Reads the header of an opened file, which closes with the index or with the error.</summary>
    public static OpenedIndex Open(FaissFile file, string? listPath = null)
    {
        IndexParser parser = new(new FaissCursor(file), IndexKinds.Find) { ListPath = listPath };
        try
        {
            ForeignFile.ThrowIfNotIndex(file);
            IndexNode root = parser.ParseFile();
            FaissFile[] files = [file, .. parser.DataFiles];
            IndexDescription description = Describe(root, files, parser.Cursor.Remaining, listPath);
            return new OpenedIndex(files, description, root.Layout);
        }
        catch
        {
            parser.Dispose();
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (FaissFile file in Files)
        {
            file.Dispose();
        }
    }

    private static IndexDescription Describe(IndexNode root, FaissFile[] files, long remaining, string? listPath)
    {
        FaissFile file = files[0];
        long trailing = root.EndIsKnown ? remaining : 0;
        List<string> warnings = [.. root.Warnings];
        if (trailing > 0)
        {
            warnings.Add($"After the index, the file has {trailing} more {(trailing == 1 ? "byte" : "bytes")}, for example a second index. FAISS and the "
                + $"migration ignore them.");
        }

        if (listPath is not null && files.Length == 1 && root.Layout is not null)
        {
            warnings.Add($"'{listPath}' is not used, because this index keeps no vectors in another file.");
        }

        return new IndexDescription
        {
            Path = file.Path,
            Kind = root.Kind,
            FourCC = root.Info.FourCC,
            Dimension = root.Dimension,
            Count = root.Count,
            Metric = root.Metric,
            MetricArgument = root.MetricArgument,
            Fidelity = root.Fidelity,
            Codec = root.Codec,
            BitsPerVector = root.BitsPerVector,
            ExpectedError = root.ExpectedError,
            SearchCodes = root.SearchCodes,
            IsBinary = root.Info.IsBinary,
            IsSupported = root.Layout is not null,
            UnsupportedReason = root.Layout is null ? UnsupportedReason.Of(root) : null,
            IdSource = root.IdSource,
            RowOrder = root.RowOrder,
            Size = file.Length,
            TrailingBytes = trailing,
            HnswM = root.HnswM,
            HnswEfConstruction = root.HnswEfConstruction,
            ListCount = root.ListCount,
            ListPath = listPath,
            Distance = root.Info.IsBinary ? Distance.Dot : DistanceOf(root.Metric, root.MetricArgument),
            Warnings = warnings,
            Regions = root.Layout?.Regions ?? [],
            Identity = new SourceIdentity(file.Path, file.Length, file.LastWriteTimeUtc, FileFingerprint.Of(files)),
        };
    }

    /// <summary>
    /// The distance that ranks as the metric does; FAISS's L2 and Lp leave the root out. Binary indexes rank by Hamming distance whatever their header says,
    /// and with components of 1 and -1 the dot product does the same.
    /// </summary>
    private static Distance? DistanceOf(FaissMetric metric, float argument) => metric switch
    {
        FaissMetric.InnerProduct => Distance.Dot,
        FaissMetric.L2 => Distance.Euclid,
        FaissMetric.L1 => Distance.Manhattan,
        FaissMetric.Lp when argument == 1f => Distance.Manhattan,
        FaissMetric.Lp when argument == 2f => Distance.Euclid,
        _ => null,
    };
}
