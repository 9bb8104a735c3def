namespace Millrace.Connectors.Iceberg;

/// <summary>The order that a compaction brings rows into: one that is asked for, or else that of the table.</summary>
/// <param name="Order">Sorts rows.</param>
/// <param name="Id">The table's sort order that is the same; 0 for none.</param>
internal sealed record RowSorting(RowOrder Order, int Id)
{
    /// <summary>The order; null when there is none.</summary>
    /// <param name="text">Keys as <c>region, ts desc</c>; null for the order of the table.</param>
    /// <param name="table">The table.</param>
    /// <param name="path">What the user calls it.</param>
    public static RowSorting? Of(string? text, TableMetadata table, string path)
    {
        SortOrder order = text is null ? table.SortOrder : Parse(text, table, path);
        if (RowOrder.Of(order, table.Schema) is not { } sorting)
        {
            // An order of the table that cannot be kept is only a wish; one that was asked for is not.
            return text is null ? null : throw MaintenanceErrors.BadOrder.Error($"Rows cannot be sorted by '{text}'.", ErrorPlace.InFile(path));
        }

        return new RowSorting(sorting, table.SortOrders.FirstOrDefault(o => o.Fields.SequenceEqual(order.Fields))?.Id ?? SortOrder.Unsorted.Id);
    }

    private static SortOrder Parse(string text, TableMetadata table, string path)
    {
        try
        {
            return SortExpression.Parse(Split(text), table.Schema);
        }
        catch (MillraceException e)
        {
            throw MaintenanceErrors.BadOrder.Error(e.Message, ErrorPlace.InFile(path), inner: e);
        }
    }

    // At the commas that stand outside of a function's arguments.
    private static List<string> Split(string text)
    {
        var parts = new List<string>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i == text.Length || (text[i] == ',' && depth == 0))
            {
                parts.Add(text[start..i].Trim());
                start = i + 1;
            }
            else
            {
                depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
            }
        }

        return parts;
    }
}
