using System.Globalization;

namespace VectorMigration.SideFiles.Stores;

/// <summary>What it takes to load a store whose format has to be loaded as a whole; told before it is loaded.</summary>
public static class StoreMemory
{
    /// <summary>A prediction up to this is not worth a word.</summary>
    private const long Untold = 256L << 20;

    /// <summary>Memory that a JSON map of ids takes, by its file: names and numbers as objects.</summary>
    private const int MapFactor = 6;

    /// <summary>What is worth saying before a file is opened; null for what is read in pieces, and for what is small.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="cancellationToken">Stops the look.</param>
    public static string? Warning(string path, CancellationToken cancellationToken) =>
        Predict(path, cancellationToken) is long bytes and > Untold ? Sentence(path, bytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes) : null;

    /// <summary>Bytes that loading a file takes at most; 0 for what is read in pieces.</summary>
    internal static long Predict(string path, CancellationToken cancellationToken)
    {
        try
        {
            return StorePayloads.FormOf(path, cancellationToken) switch
            {
                StoreForm.LangChain or StoreForm.Pickle or StoreForm.Mem0 => LangChainStore.PredictMemory(UnpackedBytes.LengthOf(path)),
                StoreForm.LlamaIndexPart => MapFactor * new FileInfo(path).Length,
                _ => 0,
            };
        }
        catch (IOException)
        {
            // Opening the file reports what is wrong with it.
            return 0;
        }
    }

    /// <summary>The warning.</summary>
    internal static string Sentence(string path, long bytes, long available) => string.Create(
        CultureInfo.InvariantCulture,
        $"{path} can only be loaded as a whole. That takes up to {bytes / 1e6:N0} MB of memory. This process has {available / 1e6:N0} MB"
            + $"{(bytes > available ? ", which may not be enough" : string.Empty)}.");
}
