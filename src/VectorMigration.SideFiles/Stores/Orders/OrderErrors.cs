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

    /// <summary>A file of vectors next to the index has those of the index on other rows.</summary>
    /// <param name="rows">The table.</param>
    /// <param name="index">The index.</param>
    /// <param name="file">The file of vectors.</param>
    /// <param name="row">A row of it, from 0.</param>
    /// <param name="vector">The row of the index that has this vector, from 0.</param>
    public static MigrationException VectorsInOtherOrder(IRowPayloadSource rows, IndexDescription index, string file, long row, long vector) => new(
        ErrorIds.PayloadOrderUnknown,
        ErrorKind.Conflict,
        $"{file} holds vectors of {index.Path} in another order: its row {Grouped.Of(row)} is vector {Grouped.Of(vector)}, both counted from 0. If the "
            + $"{Many(rows.RowName)} of {rows.Path} are in the order of {System.IO.Path.GetFileName(file)}, they would belong to other vectors. So it is "
            + $"unknown which {rows.RowName} belongs to which vector.",
        $"Write the {Many(rows.RowName)} in the order of the vectors of the index to a JSON Lines file, and name it with -PayloadPath. If the "
            + $"{Many(rows.RowName)} of {System.IO.Path.GetFileName(rows.Path)} are in that order already, name the file with -PayloadPath, and use "
            + "-PayloadByRow. To migrate without the texts, use -NoStore.",
        rows.Path);

    /// <summary>A file that is called ids has values of a field, and does not say which row has which vector.</summary>
    /// <param name="rows">The table.</param>
    /// <param name="file">The file.</param>
    /// <param name="why">What was found, as the end of a sentence.</param>
    public static MigrationException NotUsable(IRowPayloadSource rows, string file, string why) => new(
        ErrorIds.PayloadOrderUnknown,
        ErrorKind.Conflict,
        $"{file} has the name of a list of ids, {why}. So it is unknown which {rows.RowName} of {rows.Path} belongs to which vector.",
        $"If {System.IO.Path.GetFileName(file)} has the ids in the order of the vectors, correct it: one id for each vector, one per line. If the "
            + $"{Many(rows.RowName)} of {System.IO.Path.GetFileName(rows.Path)} are in the order of adding, name the file with -PayloadPath, and use "
            + "-PayloadByRow. To migrate without the texts, use -NoStore.",
        rows.Path);

    /// <summary>No file gives the order of entries that have none.</summary>
    public static MigrationException NoOrder(IRowPayloadSource rows) => new(
        ErrorIds.PayloadOrderUnknown,
        ErrorKind.Conflict,
        $"{rows.Path} is an object with one field per vector, whose names are no FAISS ids. No file next to the index has these names in the order of the "
            + "vectors. So it is unknown which entry belongs to which vector.",
        "Put the file that has the names in the order of the vectors next to the index. If the entries are in the order of adding, name the file with "
            + "-PayloadPath, and use -PayloadByRow. To migrate without the texts, use -NoStore.",
        rows.Path);

    private static string Many(string row) => row.EndsWith('y') ? row[..^1] + "ies" : row + "s";
}
