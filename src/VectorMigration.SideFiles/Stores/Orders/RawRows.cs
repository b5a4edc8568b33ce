namespace VectorMigration.SideFiles.Stores.Orders;

/// <summary>Opens the rows of a table as they are, to look for values in them.</summary>
internal static class RawRows
{
    /// <summary>Opens a file, and judges its rows; null where they are not in the order of adding, or not so many.</summary>
    public static IRowPayloadSource? Open(string path, PayloadRules rules, IndexOrder index, CancellationToken cancellationToken)
    {
        IPayloadSource? opened = null;
        try
        {
            // Whatever numbers the rows have, and whatever is left out of them later.
            rules = rules with { Key = null, ByRow = true, LargeInteger = LargeInteger.Text, Layout = PayloadLayout.Default };
            opened = StorePayloads.Open(path, rules, null, index.Path, cancellationToken) ?? JsonLinesPayloadSource.Open(path, rules, null);
            opened.Check(scattered: false, cancellationToken);
            IRowPayloadSource? rows = opened is IRowPayloadSource found && found.Count == index.Count ? found : null;
            if (rows is not null)
            {
                opened = null;
            }

            return rows;
        }
        catch (MigrationException)
        {
            // Opening it as the payload reports what is wrong with it.
            return null;
        }
        finally
        {
            opened?.Dispose();
        }
    }
}
