namespace Millrace.Columnar;

/// <summary>Lists and maps by converting their items, structs field by field, by name.</summary>
internal static unsafe class NestedCasts
{
    public static Column List(Column source, DataType target, CastFailures failures)
    {
        var list = (ListColumn)source;
        ReadOnlySpan<int> offsets = list.Offsets;
        int first = offsets[0];
        var itemFailures = new CastFailures();
        using Column items = list.Items.Slice(first, offsets[^1] - first);
        Column converted = Cast.Run(items, ListColumn.ItemType(target), itemFailures);
        Blame(itemFailures, offsets, source, failures);

        NativeBuffer ends = BufferPool.Rent((list.Length + 1) * sizeof(int));
        for (int row = 0; row <= list.Length; row++)
        {
            ((int*)ends.Pointer)[row] = offsets[row] - first;
        }

        return new ListColumn(target, list.Length, ends, converted, failures.Validity(source));
    }

    public static Column Struct(Column source, DataType target, CastFailures failures)
    {
        var structs = (StructColumn)source;
        var messages = new SortedDictionary<int, string>();
        Column[] fields = ColumnArrays.Make(target.Children.Count, (structs, target, messages), static (s, i) => Field(s.structs, s.target.Children[i], s.messages));
        foreach ((int row, string message) in messages)
        {
            failures.Add(row, message);
        }

        return new StructColumn(target, source.Length, fields, failures.Validity(source));
    }

    // A field the source has not is null in every row.
    private static Column Field(StructColumn source, Field field, SortedDictionary<int, string> messages)
    {
        int from = IndexOf(source.Type, field.Name);
        if (from < 0)
        {
            using ColumnBuilder nulls = ColumnBuilder.Create(field.Type, source.Length);
            for (int row = 0; row < source.Length; row++)
            {
                nulls.AppendNull();
            }

            return nulls.Build();
        }

        var failures = new CastFailures();
        Column converted = Cast.Run(source.Fields[from], field.Type, failures);
        foreach (CastFailure failure in failures.All)
        {
            if (!source.IsNull(failure.Row))
            {
                messages.TryAdd(failure.Row, $"Field '{field.Name}': {failure.Message}");
            }
        }

        return converted;
    }

    /// <summary>Whether every field of the target is either a field of the source that can be converted or may be missing.</summary>
    public static bool CanCastFields(DataType from, DataType to)
    {
        foreach (Field field in to.Children)
        {
            int index = IndexOf(from, field.Name);
            if (index < 0 ? !field.Nullable : !Cast.IsPossible(from.Children[index].Type, field.Type))
            {
                return false;
            }
        }

        return true;
    }

    private static int IndexOf(DataType type, string name)
    {
        for (int i = 0; i < type.Children.Count; i++)
        {
            if (type.Children[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }

    // A list with an item that fails fails as a whole: dropping the item alone would change the others' places.
    private static void Blame(CastFailures items, ReadOnlySpan<int> offsets, Column source, CastFailures failures)
    {
        int row = 0;
        int blamed = -1;
        foreach (CastFailure failure in items.All)
        {
            while (offsets[row + 1] - offsets[0] <= failure.Row)
            {
                row++;
            }

            if (row != blamed && !source.IsNull(row))
            {
                failures.Add(row, failure.Message);
                blamed = row;
            }
        }
    }
}
