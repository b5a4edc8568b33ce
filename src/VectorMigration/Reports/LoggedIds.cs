using System.IO.Compression;
using System.Text;
using VectorMigration.Vectors;

namespace VectorMigration.Reports;

/// <summary>The ids of one batch as a run's <c>ids.log.gz</c> tells them.</summary>
/// <param name="Batch">Number of the batch.</param>
/// <param name="First">Its first ordinal: a batch that was divided is told by each of its parts.</param>
/// <param name="Text">The ids.</param>
internal readonly record struct LoggedIds(long Batch, long First, string Text)
{
    /// <summary>The member of a gzip file that holds this as a line: whole by itself, so that what a killed run leaves is read up to its last batch.</summary>
    public byte[] ToMember()
    {
        byte[] line = Encoding.ASCII.GetBytes(FormattableString.Invariant($"{Batch} {First} {Text}\n"));

        // Random digits repeat by chance, and pointing to what they repeat takes more than the digits; even distances repeat for good.
        byte[] digits = Pack(line, ZLibCompressionStrategy.HuffmanOnly);
        byte[] repeats = Pack(line, ZLibCompressionStrategy.Default);
        return digits.Length < repeats.Length ? digits : repeats;
    }

    /// <summary>The ids one by one.</summary>
    /// <exception cref="FormatException">It is no such text.</exception>
    public IEnumerable<PointId> ToIds() => IdText.Read(Text);

    /// <summary>Reads a file; what was cut off at its end is left out.</summary>
    public static IEnumerable<LoggedIds> Read(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var unpacked = new GZipStream(file, CompressionMode.Decompress);
        using var reader = new StreamReader(unpacked, Encoding.ASCII);
        while (TryReadLine(reader) is string line)
        {
            string[] words = line.Split(' ', 3);
            if (words.Length == 3 && long.TryParse(words[0], out long batch) && long.TryParse(words[1], out long first))
            {
                yield return new LoggedIds(batch, first, words[2]);
            }
        }
    }

    private static byte[] Pack(byte[] line, ZLibCompressionStrategy strategy)
    {
        using var bytes = new MemoryStream();
        using (var packed = new GZipStream(bytes, new ZLibCompressionOptions { CompressionLevel = 6, CompressionStrategy = strategy }, leaveOpen: true))
        {
            packed.Write(line);
        }

        return bytes.ToArray();
    }

    private static string? TryReadLine(StreamReader reader)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (InvalidDataException)
        {
            // The run was killed while it wrote this.
            return null;
        }
    }
}
