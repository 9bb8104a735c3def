using System.Collections.Immutable;
using System.Globalization;
using Millrace.Columnar;

namespace Millrace.Connectors.Iceberg;

/// <summary>Builds batches of nested records whose fields are named by their ids. One thread uses it.</summary>
internal sealed class IdBuilders : IDisposable
{
    private readonly Schema _schema;
    private readonly ColumnBuilder[] _columns;
    private readonly Dictionary<int, ColumnBuilder> _byId = [];

    public IdBuilders(Schema schema)
    {
        _schema = schema;
        _columns = [.. schema.Fields.Select(f => ColumnBuilder.Create(f.Type, 64))];
        Index(schema.Fields, _columns);
    }

    public int Rows => _columns[0].Length;

    public Schema Schema => _schema;

    /// <summary>Whether the records have the field: those of older versions lack some.</summary>
    public bool Has(int id) => _byId.ContainsKey(id);

    public T Get<T>(int id)
        where T : ColumnBuilder => (T)_byId[id];

    /// <summary>Appends a value, or null, where the records have the field.</summary>
    public void Append(int id, object? value)
    {
        if (_byId.TryGetValue(id, out ColumnBuilder? builder))
        {
            ColumnValue.Append(builder, value);
        }
    }

    /// <summary>Appends a list, or null when it is empty.</summary>
    public void AppendList<T>(int id, IReadOnlyList<T> values)
    {
        if (!_byId.TryGetValue(id, out ColumnBuilder? builder))
        {
            return;
        }

        var list = (ListBuilder)builder;
        if (values.Count == 0)
        {
            list.AppendNull();
            return;
        }

        foreach (T value in values)
        {
            ColumnValue.Append(list.Items, value);
        }

        list.AppendRow();
    }

    /// <summary>Appends a map, or null when it is empty.</summary>
    public void AppendMap<T>(int id, ImmutableSortedDictionary<int, T> map)
    {
        var list = (ListBuilder)_byId[id];
        if (map.Count == 0)
        {
            list.AppendNull();
            return;
        }

        var entries = (StructBuilder)list.Items;
        foreach ((int key, T value) in map)
        {
            ColumnValue.Append(entries.Fields[0], key);
            ColumnValue.Append(entries.Fields[1], value);
            entries.AppendRow();
        }

        list.AppendRow();
    }

    /// <summary>The records so far; the caller owns the batch, and the builders are empty.</summary>
    public RecordBatch Build()
    {
        int rows = Rows;
        return new RecordBatch(_schema, rows, Array.ConvertAll(_columns, c => c.Build()));
    }

    public void Dispose()
    {
        foreach (ColumnBuilder column in _columns)
        {
            column.Dispose();
        }
    }

    private void Index(IReadOnlyList<Field> fields, IReadOnlyList<ColumnBuilder> builders)
    {
        for (int i = 0; i < fields.Count; i++)
        {
            _byId.Add(int.Parse(fields[i].Metadata[FieldMetadata.FieldId], CultureInfo.InvariantCulture), builders[i]);
            switch (builders[i])
            {
                case StructBuilder inner:
                    Index(fields[i].Type.Children, inner.Fields);
                    break;
                case ListBuilder { Items: StructBuilder items } when fields[i].Type.Id == TypeId.List:
                    Index(fields[i].Type.Element.Type.Children, items.Fields);
                    break;
            }
        }
    }
}
