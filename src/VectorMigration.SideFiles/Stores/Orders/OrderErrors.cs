namespace VectorMigration.SideFiles.Stores.Orders;

/// <summary>The reasons for which rows are not joined in their order, or in that of a file.</summary>
internal static class OrderErrors
{
    /// <summary>A file next to the index has the values of a field in another order than the table.</summary>
    /// <param name="rows">The table.</param>
    /// <param name="list">The list.</param>
    /// <param name="field">The field.</param>
    /// <param name="position">The first position with another value.</param>
    /// <param name="why">Why the rows are not joined by the list, as a sentence.</param>
    public static MigrationException InOtherOrder(IRowPayloadSource rows, OrderList list, string field, long position, string why) => new(
        ErrorIds.PayloadOrderUnknown,
        ErrorKind.Conflict,
        $"{list.Name} has one value per vector. These are the values of the field '{Pickles.PickleErrors.Clean(field)}' of {rows.Path}, but in another order: "
            + $"position {Grouped.Of(position)}, counted from 0, is the first that differs. So {rows.RowName} n of {rows.Path} does not belong to "
            + $"vector n. {why}",
        $"If {System.IO.Path.GetFileName(list.Path)} has the ids in the order of the vectors, write the {Many(rows.RowName)} in that order to a JSON Lines "
            + $"file, and name it with -PayloadPath. If the {Many(rows.RowName)} of {System.IO.Path.GetFileName(rows.Path)} are in the "
            + "order of adding, name the file with -PayloadPath, and use -PayloadByRow. To migrate without the texts, use -NoStore.",
        rows.Path);

    private static string Many(string row) => row.EndsWith('y') ? row[..^1] + "ies" : row + "s";
}
