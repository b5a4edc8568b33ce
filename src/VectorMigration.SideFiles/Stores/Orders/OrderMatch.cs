namespace VectorMigration.SideFiles.Stores.Orders;

/// <summary>A list whose values are those of a field of a table.</summary>
/// <param name="List">The list; its values are held only where they may give the order.</param>
/// <param name="Field">The field.</param>
/// <param name="IsSame">In the same order.</param>
internal sealed record OrderMatch(OrderList List, RowField Field, bool IsSame)
{
    /// <summary>Fields that hold the values in another order than this one too.</summary>
    public bool IsAmbiguous { get; init; }

    /// <summary>Looks for the field that a list has the values of: one in the same order counts before all others.</summary>
    public static OrderMatch? Of(OrderList list, IReadOnlyList<RowField> fields)
    {
        RowField[] equal = [.. fields.Where(field => field.Rows == list.Values.Length && field.Numbers == list.Numbers)];
        RowField? same = Array.Find(equal, field => field.Order == list.Order);
        return equal.Length == 0 ? null
            : same is not null ? new OrderMatch(list, same, IsSame: true)
            : new OrderMatch(list, equal[0], IsSame: false) { IsAmbiguous = Array.Exists(equal, field => field.Order != equal[0].Order) };
    }
}
