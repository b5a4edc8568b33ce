using Microsoft.Win32.SafeHandles;

namespace VectorMigration.Reports;

/// <summary>
/// A file that one run alone appends to, whole pieces at a time. What could be written only in part is taken back, so that the next piece stands on its own;
/// what was written is with the system, and a killed process loses none of it.
/// </summary>
internal sealed class LineFile : IDisposable
{
    private readonly SafeFileHandle file;
    private long length;

    /// <summary>Makes the file, or opens one that is there at its end.</summary>
    public LineFile(string path)
    {
        Path = path;
        file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        length = RandomAccess.GetLength(file);
    }

    /// <summary>Full path.</summary>
    public string Path { get; }

    /// <summary>Appends a piece.</summary>
    /// <exception cref="IOException">It is not there, not even in part.</exception>
    public void Append(ReadOnlySpan<byte> piece)
    {
        try
        {
            RandomAccess.Write(file, piece, length);
            length += piece.Length;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            TakeBack();
            throw new IOException(e.Message, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private void TakeBack()
    {
        try
        {
            RandomAccess.SetLength(file, length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next piece is written over what is left of this one; readers skip the rest.
        }
    }
}
