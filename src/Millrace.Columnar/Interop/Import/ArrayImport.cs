namespace Millrace.Columnar.Interop;

/// <summary>Makes columns of a foreign array tree. Every length, offset and pointer is checked before it is followed.</summary>
internal readonly unsafe struct ArrayImport(ForeignArray owner)
{
    // Rows before the first; times the widest value, it still is a position in memory.
    private const long MaxOffset = 1L << 40;

    public Column Column(ArrowArray* array, ShapeNode node)
    {
        CheckNode(array, node);
        return Rows(array, node, 0, array->Length);
    }

    /// <summary>Some rows of a node that was checked.</summary>
    private Column Rows(ArrowArray* array, ShapeNode node, long start, long length)
    {
        var window = new ForeignRows(owner, array, start, length, node);
        return node.Layout switch
        {
            ForeignLayout.Bit => new BooleanColumn(window.Length, window.Bits(1), window.Validity(), window.Offset),
            ForeignLayout.Fixed => Fixed(window, node),
            ForeignLayout.Converted => ForeignValues.Convert(window, node),
            ForeignLayout.VarBinary => ForeignBinary.Import(window, node),
            ForeignLayout.LargeVarBinary => ForeignBinary.ImportLarge(window, node),
            ForeignLayout.View => ForeignViews.Import(window, node, array),
            ForeignLayout.Null => Nulls(window),
            ForeignLayout.Struct => Struct(array, node, window),
            ForeignLayout.Dictionary => Dictionary(array, node, window),
            _ => List(array, node, window),
        };
    }

    private static Column Fixed(ForeignRows window, ShapeNode node)
    {
        NativeBuffer values = window.Values(1, node.Type.ByteWidth);
        Column column = FixedType.Dispatch<FixedImport, Column>(node.Type, new(window, values));
        return ForeignValues.Checked(column);
    }

    private static Column Nulls(ForeignRows window)
    {
        using ColumnBuilder builder = ColumnBuilder.Create(window.Type, window.Length);
        for (int row = 0; row < window.Length; row++)
        {
            builder.AppendNull();
        }

        return builder.Build();
    }

    private Column Struct(ArrowArray* array, ShapeNode node, ForeignRows window)
    {
        ArrayImport self = this;
        Column[] fields = ColumnArrays.Make(node.Children.Count, (self, (nint)array, node, window), static (s, i) =>
        {
            ArrowArray* child = ((ArrowArray*)s.Item2)->Children[i];
            s.self.CheckNode(child, s.node.Children[i]);
            RequireRows(child, s.window.First, s.window.Length);
            return s.self.Rows(child, s.node.Children[i], s.window.First, s.window.Length);
        });
        return new StructColumn(node.Type, window.Length, fields, window.Validity(), window.Offset);
    }

    private Column List(ArrowArray* array, ShapeNode node, ForeignRows window)
    {
        ShapeNode itemNode = node.Children[0];
        ArrowArray* child = array->Children[0];
        CheckNode(child, itemNode);
        NativeBuffer offsets = node.Layout switch
        {
            ForeignLayout.List or ForeignLayout.Map => window.Offsets(1),
            ForeignLayout.LargeList => ForeignBinary.NarrowOffsets(window, node, out _),
            _ => window.EvenOffsets(node.ListSize),
        };

        // Copied offsets begin at row 0 and at item 0 of the window, lent ones where the producer's do.
        bool copied = node.Layout is ForeignLayout.LargeList or ForeignLayout.FixedSizeList;
        Column? items = null;
        try
        {
            (long first, long count) = node.Layout switch
            {
                ForeignLayout.LargeList => ForeignBinary.LargeRange(window),
                ForeignLayout.FixedSizeList => (window.First * node.ListSize, (long)window.Length * node.ListSize),
                _ => (0, ForeignRows.CheckOffsets((int*)offsets.Pointer + window.Offset, window.Length)),
            };
            RequireRows(child, first, count);
            items = Rows(child, itemNode, first, count);
            if (node.Layout == ForeignLayout.Map && (items.HasNulls || ((StructColumn)items).Fields[0].HasNulls))
            {
                throw ArrowErrors.Invalid("An entry of a map or its key is null");
            }

            NativeBuffer? validity = copied ? window.ValidityFromZero() : window.Validity();
            return new ListColumn(node.Type, window.Length, offsets, items, validity, copied ? 0 : window.Offset);
        }
        catch
        {
            items?.Dispose();
            offsets.Dispose();
            throw;
        }
    }

    private Column Dictionary(ArrowArray* array, ShapeNode node, ForeignRows window)
    {
        Column values = Column(array->Dictionary, node.Dictionary!);
        return ForeignIndices.Import(window, node, values);
    }

    private void CheckNode(ArrowArray* array, ShapeNode node)
    {
        if (array == null)
        {
            throw ArrowErrors.Invalid($"An array of {node.Type} is a null pointer");
        }

        if (array->Length < 0 || array->Offset < 0 || array->Length > int.MaxValue || array->Offset > MaxOffset)
        {
            throw ArrowErrors.Invalid($"An array claims {array->Length} rows from row {array->Offset} on");
        }

        if (array->NullCount < -1 || array->NullCount > array->Length)
        {
            throw ArrowErrors.Invalid($"An array of {array->Length} rows claims {array->NullCount} nulls");
        }

        bool exact = node.Layout != ForeignLayout.View;
        if (array->BufferCount < node.BufferCount || (exact && array->BufferCount > node.BufferCount) || (array->Buffers == null && node.BufferCount > 0))
        {
            throw ArrowErrors.Invalid($"An array of {node.Type} has {array->BufferCount} buffers, expected {node.BufferCount}");
        }

        if (array->NullCount > 0 && node.BufferCount > 0 && array->Buffers[0] == null)
        {
            throw ArrowErrors.Invalid($"An array of {node.Type} claims {array->NullCount} nulls and has no validity bitmap");
        }

        if (array->ChildCount != node.Children.Count || (array->ChildCount > 0 && array->Children == null))
        {
            throw ArrowErrors.Invalid($"An array of {node.Type} has {array->ChildCount} children, expected {node.Children.Count}");
        }
    }

    private static void RequireRows(ArrowArray* child, long first, long count)
    {
        if (first > child->Length || count > child->Length - first)
        {
            throw ArrowErrors.Invalid($"A child has {child->Length} rows, its parent needs {count} from row {first} on");
        }
    }

    private readonly struct FixedImport(ForeignRows window, NativeBuffer values) : IFixedVisitor<Column>
    {
        public Column Visit<T>(DataType type)
            where T : unmanaged => new FixedColumn<T>(type, window.Length, values, window.Validity(), window.Offset);

        public Column VisitBinary(DataType type) => new FixedBinaryColumn(type, window.Length, values, window.Validity(), window.Offset);
    }
}
