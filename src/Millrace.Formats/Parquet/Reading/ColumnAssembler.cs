using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>
/// Makes structs, lists and maps around leaves: walks the levels of the first leaf below each node. Whether the leaves of a
/// node agree with each other is checked, since nothing in the file makes them.
/// </summary>
/// <param name="columns">The columns of the leaves, by leaf; those that are used up are taken out.</param>
/// <param name="levels">The levels of the leaves.</param>
internal readonly unsafe struct ColumnAssembler(Dictionary<int, Column> columns, Func<int, LevelStore> levels)
{
    public Column Assemble(SchemaNode node, int slots) => node.Kind switch
    {
        NodeKind.Leaf => TakeLeaf(node, slots),
        NodeKind.Struct => AssembleStruct(node, slots),
        _ => AssembleList(node, slots),
    };

    private Column TakeLeaf(SchemaNode node, int slots)
    {
        Column column = columns[node.FirstLeaf.Index];
        if (column.Length != slots)
        {
            throw ParquetErrors.LeavesDisagree(node.FirstLeaf.Path, column.Length, slots);
        }

        columns.Remove(node.FirstLeaf.Index);
        return column;
    }

    private StructColumn AssembleStruct(SchemaNode node, int slots)
    {
        NativeBuffer? validity = MarkPresent(node, slots, out int nulls);
        try
        {
            return new StructColumn(node.Field.Type, slots, AssembleAll(node.Children, slots), validity, 0, nulls);
        }
        catch
        {
            validity?.Dispose();
            throw;
        }
    }

    private ListColumn AssembleList(SchemaNode node, int slots)
    {
        NativeBuffer? offsets = null;
        NativeBuffer? validity = MarkPresent(node, slots, out int nulls);
        try
        {
            offsets = FindOffsets(node, slots, out int items);
            Column values = node.Kind == NodeKind.Map
                ? new StructColumn(ListColumn.ItemType(node.Field.Type), items, AssembleAll(node.Children, items))
                : Assemble(node.Children[0], items);
            return new ListColumn(node.Field.Type, slots, offsets, values, validity, 0, nulls);
        }
        catch
        {
            offsets?.Dispose();
            validity?.Dispose();
            throw;
        }
    }

    private Column[] AssembleAll(IReadOnlyList<SchemaNode> nodes, int slots)
    {
        var made = new Column[nodes.Count];
        int count = 0;
        try
        {
            foreach (SchemaNode node in nodes)
            {
                made[count] = Assemble(node, slots);
                count++;
            }

            return made;
        }
        catch
        {
            foreach (Column column in made.AsSpan(0, count))
            {
                column.Dispose();
            }

            throw;
        }
    }

    private NativeBuffer? MarkPresent(SchemaNode node, int slots, out int nulls)
    {
        nulls = 0;
        if (node.PresentLevel == node.SlotLevel)
        {
            return null;
        }

        LevelStore store = levels(node.FirstLeaf.Index);
        NativeBuffer validity = BufferPool.Rent(Bits.ByteCount(slots + 1));
        int slot = 0;
        for (int i = 0; i < store.Count; i++)
        {
            int definition = store.Definitions[i];
            if (store.Repetitions[i] > node.Repetition || definition < node.SlotLevel)
            {
                continue;
            }

            if (slot == slots)
            {
                validity.Dispose();
                throw ParquetErrors.LeavesDisagree(node.FirstLeaf.Path, slot + 1, slots);
            }

            Bits.Write(validity.Pointer, slot++, definition >= node.PresentLevel);
            nulls += definition < node.PresentLevel ? 1 : 0;
        }

        if (slot != slots)
        {
            validity.Dispose();
            throw ParquetErrors.LeavesDisagree(node.FirstLeaf.Path, slot, slots);
        }

        return validity;
    }

    private NativeBuffer FindOffsets(SchemaNode node, int slots, out int items)
    {
        LevelStore store = levels(node.FirstLeaf.Index);
        NativeBuffer buffer = BufferPool.Rent((slots + 1) * sizeof(int));
        int* offsets = (int*)buffer.Pointer;
        int slot = 0;
        items = 0;
        for (int i = 0; i < store.Count; i++)
        {
            int repetition = store.Repetitions[i];
            int definition = store.Definitions[i];
            if (repetition <= node.Repetition && definition >= node.SlotLevel)
            {
                if (slot == slots)
                {
                    slot++;
                    break;
                }

                offsets[slot++] = items;
            }

            items += repetition <= node.Repetition + 1 && definition >= node.ItemLevel ? 1 : 0;
        }

        if (slot != slots)
        {
            buffer.Dispose();
            throw ParquetErrors.LeavesDisagree(node.FirstLeaf.Path, slot, slots);
        }

        offsets[slots] = items;
        return buffer;
    }
}
