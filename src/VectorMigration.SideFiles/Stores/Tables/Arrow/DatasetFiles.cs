using System.Text.Json;
using VectorMigration.SideFiles.Stores.Json;

namespace VectorMigration.SideFiles.Stores.Tables.Arrow;

/// <summary>The files of a dataset as <c>state.json</c> of Hugging Face's <c>save_to_disk</c> has them, in that order.</summary>
internal sealed class DatasetFiles
{
    /// <summary>What the file is called that says which files there are.</summary>
    public const string StateName = "state.json";

    private const int MostState = 64 << 20;
    private const string Form = "state.json of a dataset";

    private readonly string state;
    private readonly string folder;

    private DatasetFiles(string state, JsonElement root)
    {
        this.state = state;
        folder = Path.GetDirectoryName(state)!;
        Data = Files(root, "_data_files");
        // Releases before 2 had another name for them.
        Indices = [.. Files(root, "_indices_files"), .. Files(root, "_indices_data_files")];
    }

    /// <summary>Files of rows.</summary>
    public IReadOnlyList<string> Data { get; }

    /// <summary>Files of indices.</summary>
    public IReadOnlyList<string> Indices { get; }

    /// <summary>The state of the dataset that a path is: its folder, its state, or one of its files; null for what is none.</summary>
    public static string? StateOf(string path)
    {
        string? folder = Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path));
        string state = Path.Combine(folder ?? string.Empty, StateName);
        try
        {
            return File.Exists(state) && Of(state).Data.Count > 0 ? state : null;
        }
        catch (MigrationException)
        {
            return null;
        }
    }

    /// <summary>Reads a state.</summary>
    /// <exception cref="MigrationException">It is missing, damaged, or names files outside of its folder.</exception>
    public static DatasetFiles Of(string path)
    {
        using StorePart part = new(path);
        if (part.Bytes.Length > MostState)
        {
            throw TableErrors.TooLarge(path, "bytes", MostState, "Save the dataset again.");
        }

        try
        {
            using JsonDocument state = part.Guard(() => JsonDocument.Parse(part.Read(0, (int)part.Bytes.Length)));
            return new DatasetFiles(part.Path, state.RootElement);
        }
        catch (JsonException)
        {
            throw TableErrors.Invalid(path, Form, "it is not JSON");
        }
    }

    private List<string> Files(JsonElement root, string name)
    {
        List<string> files = [];
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty(name, out JsonElement list) || list.ValueKind == JsonValueKind.Null)
        {
            return files;
        }

        if (list.ValueKind != JsonValueKind.Array)
        {
            throw TableErrors.Invalid(state, Form, $"'{name}' is not a list");
        }

        foreach (JsonElement entry in list.EnumerateArray())
        {
            files.Add(Path.Combine(folder, FileOf(entry, name)));
        }

        return files;
    }

    private string FileOf(JsonElement entry, string name)
    {
        string? file = entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("filename", out JsonElement named)
            && named.ValueKind == JsonValueKind.String ? TextOf(named) : null;
        if (file is null || file.Length == 0 || file != Path.GetFileName(file) || file is "." or ".." || file.Contains('\0') || file.Contains('\\'))
        {
            throw TableErrors.Invalid(state, Form, $"'{name}' names a file that is not next to it");
        }

        return entry.TryGetProperty("skip", out _) || entry.TryGetProperty("take", out _)
            ? throw TableErrors.NotRead(state, "files of which only some rows are used", "Load the dataset and save it again with save_to_disk.")
            : file;
    }

    private static string? TextOf(JsonElement text)
    {
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
