namespace VectorMigration.SideFiles.Stores;

/// <summary>The index that lies in a pickle of LangChain's <c>serialize_to_bytes</c>: copied into a private folder, so that it is read as any index
/// is.</summary>
internal static class EmbeddedIndexCopy
{
    private const int CopyBytes = 1 << 20;

    /// <summary>Finds index and store in such a pickle; null where it holds no index.</summary>
    /// <param name="pickle">Full path of the pickle.</param>
    /// <param name="withStore">Take its documents too.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException">The pickle is damaged or refused, or the copy cannot be written.</exception>
    public static FoundStore? Find(string pickle, bool withStore, CancellationToken cancellationToken)
    {
        using FileBytes bytes = StoreFile.OpenPlain(pickle);
        using FileBytesStream stream = new(bytes);
        LangChainStore store = LangChainStore.Read(stream, bytes.Length, pickle, cancellationToken);
        if (store is not { Form: LangChainForm.Serialized, Index: EmbeddedIndex index })
        {
            return null;
        }

        PrivateFolder folder = new();
        try
        {
            string name = Path.GetFileNameWithoutExtension(UnpackedBytes.PlainName(pickle)) + ".faiss";
            using (FileStream copy = folder.Create(name))
            {
                Copy(bytes, index, copy, cancellationToken);
            }

            // The copy is as old as the pickle: a journal tells by that whether the index was written anew.
            File.SetLastWriteTimeUtc(folder.PathOf(name), File.GetLastWriteTimeUtc(pickle));
            return new FoundStore(folder.PathOf(name), withStore ? pickle : null) { Copy = folder };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            folder.Dispose();
            throw StoreErrors.IndexNotCopied(pickle, folder.Path, error);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    private static void Copy(FileBytes bytes, EmbeddedIndex index, FileStream copy, CancellationToken cancellationToken)
    {
        if (index.Offset < 0 || index.Bytes.Length == index.Length)
        {
            copy.Write(index.Bytes.Span);
            return;
        }

        byte[] block = new byte[CopyBytes];
        for (long done = 0; done < index.Length;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int read = bytes.Read(index.Offset + done, block.AsSpan(0, (int)Math.Min(block.Length, index.Length - done)));
            if (read == 0)
            {
                throw new EndOfStreamException();
            }

            copy.Write(block, 0, read);
            done += read;
        }
    }
}
