using System.Text.Json;
using System.Text.Json.Serialization;
using VectorMigration.Errors;
using VectorMigration.Files;
using VectorMigration.Runs;

namespace VectorMigration.Jobs;

/// <summary>
/// A job that is divided into slices, as a file: the parts with their digests and ids, and the vectors of each slice. Each slice is moved by a run of its own,
/// on any machine, without a coordinator: the slices of a plan have no vector in common.
/// </summary>
internal sealed record SlicePlan
{
    /// <summary>Version of the format that this program writes and reads.</summary>
    public const int Current = 1;

    private const long MaxLength = 1L << 28;

    /// <summary>Version of the format.</summary>
    public int FormatVersion { get; init; } = Current;

    /// <summary>Id of the plan.</summary>
    public required Guid PlanId { get; init; }

    /// <summary>Id of the first plan of the job: plans that were made from it have the same.</summary>
    public required Guid JobId { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Collection.</summary>
    public required string Collection { get; init; }

    /// <summary>The run id of the collection that has what earlier plans of the job recorded as acknowledged; null where that is nothing, or not
    /// known.</summary>
    public string? CollectionRun { get; init; }

    /// <summary>The options that decide which points result.</summary>
    public required SlicePlanOptions Options { get; init; }

    /// <summary>The parts in their order.</summary>
    public required IReadOnlyList<SlicePlanPart> Parts { get; init; }

    /// <summary>The slices; the first is slice 1.</summary>
    public required IReadOnlyList<PlannedSlice> Slices { get; init; }

    /// <summary>Full path of the file; empty before it is written.</summary>
    [JsonIgnore]
    public string Path { get; init; } = string.Empty;

    /// <summary>Start of the id, which the names of journals contain.</summary>
    [JsonIgnore]
    public string ShortId => PlanId.ToString("N")[..8];

    /// <summary>Vectors of all slices.</summary>
    [JsonIgnore]
    public long Count => Slices.Sum(static slice => slice.Ranges.Sum(static range => range.Count));

    /// <summary>Reads a plan and checks that it is whole: ranges within their parts, and no vector in two of them.</summary>
    /// <param name="path">Full path.</param>
    /// <exception cref="MigrationException">It is missing, damaged, of a later version, or its ranges overlap.</exception>
    public static SlicePlan Read(string path)
    {
        SlicePlan plan;
        try
        {
            SpecialFile.Refuse(path);
            FileInfo file = new(path);
            byte[] bytes = file.Length <= MaxLength ? File.ReadAllBytes(path)
                : throw SliceErrors.Plan(path, $"it has {Grouped.Of(file.Length)} bytes, and a plan has at most {Grouped.Of(MaxLength)}");
            RefuseVersion(path, bytes);
            plan = JsonSerializer.Deserialize(bytes, SlicePlanJson.Default.SlicePlan) ?? throw SliceErrors.Plan(path, "it is empty");
        }
        catch (JsonException e)
        {
            throw SliceErrors.Unreadable(path, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw SliceErrors.Plan(path, CommonErrors.OneLine(e.Message).TrimEnd('.'), e);
        }

        plan = plan with { Path = path };
        plan.Check();
        return plan;
    }

    /// <summary>Writes the plan.</summary>
    /// <param name="path">Full path.</param>
    /// <param name="replaces">It may take the place of a file.</param>
    /// <exception cref="MigrationException">There is a file, or it cannot be written.</exception>
    public void Write(string path, bool replaces)
    {
        RefuseToReplace(path, replaces);
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(this, SlicePlanJson.Default.SlicePlan);
            if (replaces)
            {
                WholeFile.Write(path, bytes);
                return;
            }

            // Written next to it and moved without replacing: of two that write the same plan at once, one is refused.
            string fresh = $"{path}.{PlanId:N}.new";
            WholeFile.Write(fresh, bytes);
            try
            {
                File.Move(fresh, path, overwrite: false);
            }
            catch (IOException) when (File.Exists(path))
            {
                File.Delete(fresh);
                throw SliceErrors.Exists(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw SliceErrors.Unwritable(path, e);
        }
    }

    /// <summary>Refuses to write a plan in the place of a file.</summary>
    /// <param name="path">Full path.</param>
    /// <param name="replaces">It may take the place of a file.</param>
    /// <exception cref="MigrationException">There is one.</exception>
    public static void RefuseToReplace(string path, bool replaces)
    {
        if (System.IO.Path.Exists(path) && !replaces)
        {
            throw SliceErrors.Exists(path);
        }
    }

    /// <summary>A slice of the plan.</summary>
    /// <exception cref="MigrationException">The plan has another number of slices.</exception>
    public PlannedSlice Slice(SliceNumber asked) =>
        asked.Of == Slices.Count ? Slices[asked.Number - 1] : throw SliceErrors.OtherNumber(asked, Slices.Count, Path);

    /// <summary>The path of a file as a plan keeps it: relative to the folder of the plan where it is below it.</summary>
    /// <param name="planPath">Full path of the plan.</param>
    /// <param name="file">Full path of the file.</param>
    public static string Kept(string planPath, string file)
    {
        string relative = System.IO.Path.GetRelativePath(System.IO.Path.GetDirectoryName(planPath)!, file);
        return System.IO.Path.IsPathRooted(relative) || relative.Split(System.IO.Path.DirectorySeparatorChar)[0] == ".." ? file
            : relative.Replace(System.IO.Path.DirectorySeparatorChar, '/');
    }

    /// <summary>Full path of a file of the plan. A path that leaves the folder of the plan by <c>..</c>, an address, a network share and a device are refused:
    /// opening them could reach other machines, with the name of the user.</summary>
    /// <param name="kept">The path as the plan has it.</param>
    /// <exception cref="MigrationException">It is such a path.</exception>
    public string Full(string kept)
    {
        string bare = kept.Replace('\\', '/');
        string? fault = bare.Length == 0 ? "is empty"
            : kept.Any(char.IsControl) ? "contains a control character"
            : bare.StartsWith("//", StringComparison.Ordinal) ? "is on a network share, or is a device"
            : bare.Contains("://", StringComparison.Ordinal) ? "is an address"
            : bare.Split('/').Contains("..") ? "leaves its folder with '..'"
            : FileNames.Problem(kept, OperatingSystem.IsWindows());
        return fault is null ? System.IO.Path.GetFullPath(kept, System.IO.Path.GetDirectoryName(Path)!) : throw SliceErrors.Path(Path, kept, fault);
    }

    private static void RefuseVersion(string path, byte[] bytes)
    {
        using JsonDocument document = JsonDocument.Parse(bytes);
        if (document.RootElement.ValueKind != JsonValueKind.Object
            || !document.RootElement.TryGetProperty("formatVersion", out JsonElement version) || version.ValueKind != JsonValueKind.Number
            || !version.TryGetInt32(out int number) || number < 1)
        {
            throw SliceErrors.Plan(path, "it has no formatVersion, so it is no plan of slices");
        }

        if (number > Current)
        {
            throw SliceErrors.Newer(path, number, Current);
        }
    }

    private void Check()
    {
        if (PlanId == Guid.Empty || JobId == Guid.Empty || Parts is not { Count: > 0 } || Slices is not { Count: > 0 and <= SliceNumber.Most }
            || Options is null || string.IsNullOrEmpty(Collection))
        {
            throw SliceErrors.Plan(Path, "it has no id, no collection, no parts or no slices");
        }

        Options.Check(Path);
        foreach (SlicePlanPart part in Parts)
        {
            if (part is not { Path: not null, Fingerprint: not null, Count: >= 0, IdOffset: >= 0, Acknowledged: >= 0 })
            {
                throw SliceErrors.Plan(Path, "a part has no path or digest, or a negative number");
            }

            _ = Full(part.Path);
            _ = part.Store is string store ? Full(store) : null;
            _ = part.PayloadFile is string payload ? Full(payload) : null;
        }

        if (Slices.Any(static slice => slice?.Ranges is null || slice.Ranges.Any(static range => range is null)))
        {
            throw SliceErrors.Plan(Path, "a slice has no ranges");
        }

        if (Parts.Aggregate((Int128)0, static (sum, part) => sum + part.Count) > long.MaxValue)
        {
            throw SliceErrors.Plan(Path, "its parts have more vectors than can be counted");
        }

        ILookup<int, SliceRange> ranges = Slices.SelectMany(static slice => slice.Ranges).ToLookup(static range => range.Part);
        if (ranges.FirstOrDefault(part => part.Key < 1 || part.Key > Parts.Count) is { } absent)
        {
            throw SliceErrors.Plan(Path, $"a slice names part {absent.Key}, which does not exist");
        }

        for (int part = 1; part <= Parts.Count; part++)
        {
            CheckRanges(part, [.. ranges[part].OrderBy(static range => range.Offset)]);
        }
    }

    private void CheckRanges(int part, SliceRange[] ranges)
    {
        long count = Parts[part - 1].Count;
        long end = 0;
        long planned = 0;
        foreach (SliceRange range in ranges)
        {
            if (range.Offset < 0 || range.Count < 1 || range.Count > count || range.Offset > count - range.Count)
            {
                throw SliceErrors.Plan(Path, $"a slice names vectors that part {part} does not have");
            }

            if (range.Offset < end)
            {
                throw SliceErrors.Plan(Path, $"two slices have the same vector of part {part}");
            }

            end = range.Offset + range.Count;
            planned += range.Count;
        }

        // What no slice has would never be sent.
        if (count - planned != Parts[part - 1].Acknowledged)
        {
            throw SliceErrors.Plan(Path, $"its slices have {Units.Of(planned, "vector", "vectors")} of the {Grouped.Of(count)} of part {part}, and "
                + $"{Grouped.Of(Parts[part - 1].Acknowledged)} are recorded as acknowledged before");
        }
    }
}

/// <summary>Its JSON form.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(SlicePlan))]
internal sealed partial class SlicePlanJson : JsonSerializerContext;
