using VectorMigration.SideFiles.Stores.Json;
using VectorMigration.SideFiles.Stores.Txtai;

namespace VectorMigration.SideFiles.Stores.Sqlite;

/// <summary>Which framework wrote a SQLite file, as its tables tell.</summary>
internal enum SqliteStoreKind
{
    /// <summary>Haystack 1.</summary>
    Haystack,

    /// <summary>txtai.</summary>
    Txtai,

    /// <summary>Tables that are nobody's.</summary>
    Tables,
}

/// <summary>Opens stores whose documents lie in SQLite.</summary>
internal static class SqliteStores
{
    private static ReadOnlySpan<byte> Magic => "SQLite format 3\0"u8;

    /// <summary>Whether a file begins as SQLite's do.</summary>
    public static bool Begins(FileBytes bytes)
    {
        Span<byte> head = stackalloc byte[Magic.Length];
        return bytes.Length >= head.Length && bytes.Read(0, head) == head.Length && head.SequenceEqual(Magic);
    }

    /// <summary>What a database is; null where it is damaged or cannot be opened, which its opening tells.</summary>
    public static SqliteStoreKind? KindOf(string path, CancellationToken cancellationToken)
    {
        // Without its journal first, which would copy the file: tables of a framework that are there now will be there with it too.
        SqliteStoreKind? glanced = KindOf(path, glance: true, cancellationToken);
        return glanced is SqliteStoreKind.Haystack or SqliteStoreKind.Txtai || !SqliteSource.HasJournal(path) ? glanced
            : KindOf(path, glance: false, cancellationToken);
    }

    private static SqliteStoreKind? KindOf(string path, bool glance, CancellationToken cancellationToken)
    {
        try
        {
            using SqliteDatabase database = new(path, cancellationToken, glance);
            return KindOf(database);
        }
        catch (MigrationException)
        {
            return null;
        }
    }

    /// <summary>Opens the documents of a database.</summary>
    /// <param name="path">Path of the SQLite file.</param>
    /// <param name="indexPath">Path of the index that they are wanted for; null where it is not known.</param>
    /// <param name="rules">What payloads must be.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException">It is damaged, or which of its rows are meant is not certain.</exception>
    public static StoredPayloads Open(string path, string? indexPath, PayloadRules rules, CancellationToken cancellationToken)
    {
        SqliteDatabase database = new(path, cancellationToken);
        try
        {
            return KindOf(database) switch
            {
                SqliteStoreKind.Haystack => HaystackDocuments.Open(database, HaystackConfig.For(indexPath, database.Path), rules, cancellationToken),
                SqliteStoreKind.Txtai => TxtaiDocuments.Open(database, rules, cancellationToken),
                _ => TableDocuments.Open(database, indexPath, rules, cancellationToken),
            };
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private static SqliteStoreKind KindOf(SqliteDatabase database) =>
        HaystackDocuments.Is(database) ? SqliteStoreKind.Haystack
        : TxtaiDocuments.Is(database) ? SqliteStoreKind.Txtai
        : SqliteStoreKind.Tables;
}
