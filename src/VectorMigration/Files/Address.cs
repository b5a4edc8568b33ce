using VectorMigration.Errors;

namespace VectorMigration.Files;

/// <summary>Addresses where a file is to be named: made a full path they would be sought in the current folder.</summary>
public static class Address
{
    /// <summary>Refuses an address, and what cannot be a path on this system.</summary>
    /// <exception cref="MigrationException">It is one.</exception>
    public static void RequirePath(string path)
    {
        ThrowIfAddress(path);
        FileNames.Require(path);
    }

    /// <summary>Refuses <c>s3://bucket/index.faiss</c>, <c>https://host/index.faiss</c> and the like.</summary>
    /// <exception cref="MigrationException">It is an address.</exception>
    public static void ThrowIfAddress(string path)
    {
        int scheme = path.IndexOf("://", StringComparison.Ordinal);
        if (scheme > 1 && path.Take(scheme).All(static c => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '.'))
        {
            throw new MigrationException(
                ErrorIds.PathIsAddress, ErrorKind.InvalidArgument, $"'{path}' is an address. This tool reads only files.",
                    "Download the file first. Then use its local path.", path);
        }
    }
}
