using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>
/// Takes a nested column apart into the levels and values of its leaves. It goes down node by node, over all rows at a
/// time: each node turns the entries of its parent into its own.
/// </summary>
internal sealed unsafe class NestedColumnWriter : IDisposable
{
    private readonly WriteNode _node;
    private readonly Entries _entries = new();
    private readonly Entries _items = new();
    private readonly NestedColumnWriter[] _children;
    private readonly ColumnChunkWriter? _chunk;
    private readonly string _path;

    public NestedColumnWriter(WriteNode node, ColumnChunkWriter[] chunks, string? parent = null)
    {
        _node = node;
        _path = parent is null ? node.Field.Name : $"{parent}.{node.Field.Name}";
        _children = [.. node.Children.Select(c => new NestedColumnWriter(c, chunks, _path))];
        _chunk = node.IsLeaf ? chunks[node.Leaf] : null;
    }

    /// <summary>Appends rows of a column that lies at the root.</summary>
    public void Append(Column column, int start, int count)
    {
        _items.SetRoot(start, count);
        Append(column, _items, count);
    }

    public void Dispose()
    {
        _entries.Dispose();
        _items.Dispose();
        foreach (NestedColumnWriter child in _children)
        {
            child.Dispose();
        }
    }

    private void Append(Column column, Entries parents, int rows)
    {
        MarkNulls(column, parents);
        switch (column)
        {
            case StructColumn structs:
                for (int i = 0; i < _children.Length; i++)
                {
                    _children[i].Append(structs.Fields[i], _entries, rows);
                }

                break;
            case ListColumn lists:
                Expand(lists);
                if (_node.Field.Type.Id == TypeId.List)
                {
                    _children[0].Append(lists.Items, _items, rows);
                    break;
                }

                var entries = (StructColumn)lists.Items;
                _children[0].Append(entries.Fields[0], _items, rows);
                _children[1].Append(entries.Fields[1], _items, rows);
                break;
            default:
                AppendLeaf(column, rows);
                break;
        }
    }

    // The parent's entries, each one level deeper where this node is not null.
    private void MarkNulls(Column column, Entries parents)
    {
        int count = parents.Count;
        _entries.Resize(count);
        new ReadOnlySpan<byte>(parents.Repetitions, count).CopyTo(new Span<byte>(_entries.Repetitions, count));
        Bitmap validity = column.Validity;
        bool hasNulls = column.HasNulls;
        byte present = (byte)_node.Definition;
        byte* definitions = _entries.Definitions;
        int* rows = _entries.Rows;
        for (int i = 0; i < count; i++)
        {
            int row = parents.Rows[i];
            byte definition = parents.Definitions[i];
            if (row != Entries.Absent)
            {
                if (hasNulls && !validity[row])
                {
                    row = Entries.Absent;
                    RequireNullable();
                }
                else
                {
                    definition = present;
                }
            }

            definitions[i] = definition;
            rows[i] = row;
        }
    }

    // An entry per item; a list without items keeps one entry.
    private void Expand(ListColumn lists)
    {
        ReadOnlySpan<int> offsets = lists.Offsets;
        int* rows = _entries.Rows;
        long total = 0;
        for (int i = 0; i < _entries.Count; i++)
        {
            int row = rows[i];
            total += row == Entries.Absent ? 1 : Math.Max(1, offsets[row + 1] - offsets[row]);
        }

        _items.Resize(checked((int)total));
        byte* definitions = _items.Definitions;
        byte* repetitions = _items.Repetitions;
        int* items = _items.Rows;
        byte inner = (byte)(_node.Definition + 1);
        byte again = (byte)(_node.Repetition + 1);
        int at = 0;
        for (int i = 0; i < _entries.Count; i++)
        {
            int row = rows[i];
            int first = row == Entries.Absent ? 0 : offsets[row];
            int end = row == Entries.Absent ? 0 : offsets[row + 1];
            repetitions[at] = _entries.Repetitions[i];
            if (first == end)
            {
                definitions[at] = _entries.Definitions[i];
                items[at++] = Entries.Absent;
                continue;
            }

            definitions[at] = inner;
            items[at++] = first;
            for (int item = first + 1; item < end; item++)
            {
                definitions[at] = inner;
                repetitions[at] = again;
                items[at++] = item;
            }
        }
    }

    private void AppendLeaf(Column column, int rows)
    {
        int count = _entries.Count;
        int* all = _entries.Rows;
        int present = 0;
        for (int i = 0; i < count; i++)
        {
            int row = all[i];
            all[present] = row;
            present += row == Entries.Absent ? 0 : 1;
        }

        _chunk!.AppendNested(
            rows,
            new ReadOnlySpan<byte>(_entries.Definitions, count),
            new ReadOnlySpan<byte>(_entries.Repetitions, count),
            column,
            RowSelection.Of(all, present));
    }

    private void RequireNullable()
    {
        if (!_node.Field.Nullable)
        {
            throw ParquetWriteErrors.Null(_path);
        }
    }
}
