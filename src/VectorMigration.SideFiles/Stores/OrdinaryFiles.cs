namespace VectorMigration.SideFiles.Stores;

/// <summary>
/// Files that are beside an index as a matter of course and hold none of its texts: models and their vocabularies, programs, notes, logs, sums. Where the
/// content tells, it decides; a name decides only where nothing else can.
/// </summary>
internal static class OrdinaryFiles
{
    private const int Sample = 4 << 10;

    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "added_tokens.json", "config.json", "config_sentence_transformers.json", "dataset_dict.json", "dataset_info.json", "generation_config.json",
        "merges.txt", "model.safetensors.index.json", "modules.json", "package.json", "package-lock.json", "preprocessor_config.json",
        "pytorch_model.bin.index.json", "sentence_bert_config.json", "special_tokens_map.json", "tokenizer.json", "tokenizer_config.json", "tsconfig.json",
        "vocab.json", "vocab.txt", "graph_store.json", "image__vector_store.json", "index_infos.json",
    };

    /// <summary>What such files begin with as plain text: lines of them may be as many as an index has vectors.</summary>
    private static readonly string[] TextNames = ["authors", "changelog", "copying", "licence", "license", "notice", "readme", "requirements", "robots"];

    private static readonly HashSet<string> TextExtensions = new(StringComparer.OrdinalIgnoreCase)
    {
        "", ".txt", ".text", ".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".lines", ".list", ".lst", ".dat", ".ids", ".docs", ".corpus",
    };

    /// <summary>Whether a file is none of the texts of an index, whatever its entries are as many as.</summary>
    public static bool Is(string path)
    {
        string name = Path.GetFileName(path);
        string extension = Path.GetExtension(path);
        return Names.Contains(name) || name.StartsWith('.') || extension.Equals(".log", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".log.gz", StringComparison.OrdinalIgnoreCase)
            || (extension.ToUpperInvariant() is ".JSON" or ".JSONL" && IsOfModelOrLog(path))
            || PartManifest.Is(path);
    }

    /// <summary>Whether lines of plain text could be texts of vectors: notes, programs and settings are not.</summary>
    public static bool MayBeTextLines(string path)
    {
        string name = Path.GetFileName(path);
        return TextExtensions.Contains(Path.GetExtension(path))
            && !Array.Exists(TextNames, begin => name.StartsWith(begin, StringComparison.OrdinalIgnoreCase))
            && (Path.GetExtension(path).Length > 0 || name is not ("Makefile" or "Dockerfile" or "Pipfile" or "Procfile"));
    }

    /// <summary>Whether a name is that of data: what is unreadable or packed in such a file may be texts.</summary>
    public static bool IsNamedData(string path)
    {
        string name = Path.GetFileName(path);
        string extension = Path.GetExtension(name).ToUpperInvariant();
        if (extension is ".GZ" or ".BZ2" or ".XZ" or ".ZST" or ".ZIP")
        {
            extension = Path.GetExtension(Path.GetFileNameWithoutExtension(name)).ToUpperInvariant();
        }

        return extension is ".JSON" or ".JSONL" or ".NDJSON" or ".CSV" or ".TSV" or ".TXT" or ".PKL" or ".PICKLE" or ".PARQUET" or ".ARROW" or ".FEATHER"
            or ".NPY" or ".NPZ" or ".DB" or ".SQLITE" or ".SQLITE3" or ".XLSX";
    }

    /// <summary>Parts of models of sentence-transformers and tokenizers, and logs of migrations, by their content.</summary>
    private static bool IsOfModelOrLog(string path)
    {
        try
        {
            using DiskBytes bytes = new(path, FileShare.ReadWrite | FileShare.Delete);
            byte[] head = new byte[(int)Math.Min(Sample, bytes.Length)];
            int read = head.Length == 0 ? 0 : bytes.Read(0, head);
            ReadOnlySpan<byte> text = head.AsSpan(0, read);
            return text.IndexOf("\"sentence_transformers."u8) >= 0
                || (text.StartsWith("{\"at\":"u8) && text.IndexOf("\"event\":"u8) > 0 && text.IndexOf("\"run\":"u8) > 0)
                || (text.IndexOf("\"added_tokens\""u8) >= 0 && text.IndexOf("\"truncation\""u8) >= 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return false;
        }
    }
}
