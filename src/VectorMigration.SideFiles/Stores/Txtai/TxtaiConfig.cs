using System.Text;
using System.Text.Json;
using VectorMigration.SideFiles.Pickles;

namespace VectorMigration.SideFiles.Stores.Txtai;

/// <summary>The configuration that txtai saves with an index: <c>config.json</c>, earlier a pickle named <c>config</c>.</summary>
/// <param name="Path">Path of the file.</param>
/// <param name="Backend">The library of the index; null where it names none, which is FAISS.</param>
/// <param name="Content">Where the texts are: null or false for nowhere, true or <c>sqlite</c> for SQLite. It may be a URL with a password and is never shown
/// as it is.</param>
/// <param name="Ids">The ids that earlier releases kept in it; null without any.</param>
internal sealed record TxtaiConfig(string Path, string? Backend, string? Content, PickleContainer? Ids)
{
    private const int MostJson = 1 << 20;
    private const long MostPickle = 256 << 20;
    private const int LongestName = 30;

    /// <summary>What an index of txtai always tells, and what only it tells.</summary>
    private const string Always = "dimensions";

    private static readonly string[] Telling = ["backend", "offset", "build", "ids", "content", "method"];

    /// <summary>Never shows the content, whoever prints it.</summary>
    public override string ToString() => $"TxtaiConfig {Path}";

    /// <summary>The configuration that a JSON file is; null where it is none.</summary>
    public static TxtaiConfig? OfJson(FileBytes bytes, string path)
    {
        if (bytes.Length is 0 or > MostJson)
        {
            return null;
        }

        try
        {
            using FileBytesStream stream = new(bytes);
            using JsonDocument json = JsonDocument.Parse(stream);
            return json.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty(Always, out _)
                && Telling.Any(name => root.TryGetProperty(name, out _))
                ? new TxtaiConfig(path, TextOf(root, "backend"), TextOf(root, "content"), null) : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The configuration that a pickle is; null where it is none. A dictionary of positions is not loaded for that.</summary>
    public static TxtaiConfig? OfPickle(FileBytes bytes, string path, CancellationToken cancellationToken)
    {
        if (bytes.Length > MostPickle || !BeginsWithText(bytes))
        {
            return null;
        }

        try
        {
            using FileBytesStream stream = new(bytes);
            return PickleReader.Read(stream, bytes.Length, path, new PickleLimits(), cancellationToken).Root is PickleDict root
                && root.Find("dimensions"u8) is not null && Telling.Any(name => root.Find(Encoding.ASCII.GetBytes(name)) is not null)
                ? new TxtaiConfig(path, TextOf(root.Find("backend"u8)), TextOf(root.Find("content"u8)), root.Find("ids"u8) as PickleList) : null;
        }
        catch (Exception error) when (error is MigrationException or IOException or UnauthorizedAccessException)
        {
            // What is no sound pickle is no configuration.
            return null;
        }
    }

    /// <summary>The same of a path; null where it cannot be read.</summary>
    public static TxtaiConfig? Of(string path, CancellationToken cancellationToken)
    {
        try
        {
            using DiskBytes bytes = new(path, FileShare.ReadWrite | FileShare.Delete);
            return OfJson(bytes, path) ?? OfPickle(bytes, path, cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>Refuses an index that another library wrote.</summary>
    public void ThrowIfOtherBackend()
    {
        if (Backend is not (null or "faiss"))
        {
            throw TxtaiErrors.OtherBackend(Path, Plain(Backend));
        }
    }

    /// <summary>The file that the documents are in, or this one, where there are only ids.</summary>
    /// <exception cref="MigrationException">The texts are in no SQLite file, or it is not there.</exception>
    public string Store()
    {
        ThrowIfOtherBackend();
        string folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!;
        if (Content is null or "false")
        {
            return Path;
        }

        if (Content is not ("true" or "sqlite"))
        {
            throw TxtaiErrors.OtherContent(Path, Plain(Content));
        }

        string documents = System.IO.Path.Combine(folder, "documents");
        return File.Exists(documents) ? documents : throw TxtaiErrors.PartMissing(Path, "documents");
    }

    /// <summary>The file of the ids.</summary>
    public string IdsFile() => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!, "ids");

    /// <summary>PROTO, FRAME where there is one, an empty dictionary that is memoised, a mark, and a text as the first key.</summary>
    private static bool BeginsWithText(FileBytes bytes)
    {
        Span<byte> head = stackalloc byte[20];
        int read = bytes.Length == 0 ? 0 : bytes.Read(0, head);
        if (read < head.Length || head[0] != 0x80 || head[1] is < 2 or > 5)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = head[(head[2] == 0x95 ? 11 : 2)..];
        if (rest[0] != (byte)'}')
        {
            return false;
        }

        rest = rest[(rest[1] == 0x94 ? 2 : rest[1] == (byte)'q' ? 3 : 1)..];
        return rest[rest[0] == (byte)'(' ? 1 : 0] is 0x8C or (byte)'X';
    }

    private static string? TextOf(JsonElement root, string name) => !root.TryGetProperty(name, out JsonElement value) ? null : value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Null => null,
        _ => "?",
    };

    private static string? TextOf(PickleValue? value) => value switch
    {
        PickleText text => text.ToString(),
        PickleBool truth => truth.Value ? "true" : "false",
        null or PickleNone => null,
        _ => "?",
    };

    /// <summary>A name of a library; whatever else it may be, it is not shown.</summary>
    private static string Plain(string name) =>
        name.Length is > 0 and <= LongestName && name.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_') ? name : "unknown";
}
