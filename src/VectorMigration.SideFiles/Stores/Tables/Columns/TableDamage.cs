namespace VectorMigration.SideFiles.Stores.Tables.Columns;

/// <summary>What is wrong with a table, in words; whoever reads the file says which one it is.</summary>
/// <param name="found">What was found.</param>
internal sealed class TableDamage(string found) : Exception(found)
{
    /// <summary>Refuses where something is not so.</summary>
    public static void ThrowUnless(bool isSo, string found)
    {
        if (!isSo)
        {
            throw new TableDamage(found);
        }
    }
}

/// <summary>What a table has that is not read here, in words.</summary>
/// <param name="found">What was found.</param>
/// <param name="action">What to do.</param>
internal sealed class TableNotRead(string found, string action) : Exception(found)
{
    /// <summary>What to do.</summary>
    public string Action => action;
}
