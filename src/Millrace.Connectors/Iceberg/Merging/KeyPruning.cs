using Millrace.Columnar;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.Iceberg;

/// <summary>
/// Tells which data files can hold one of some keys: by the values of their partitions, and by whether a key lies between the bounds of
/// their columns. Owns what it keeps of the keys; one thread uses it.
/// </summary>
internal sealed class KeyPruning : IDisposable
{
    private readonly TableMetadata _table;
    private readonly IReadOnlyList<IcebergField> _fields;
    private readonly RecordBatch _keys;
    private readonly List<Column> _sorted = [];
    private readonly Dictionary<(int Spec, int Field), KeyTable> _partitions = [];

    /// <param name="table">The table.</param>
    /// <param name="fields">The key columns.</param>
    /// <param name="keys">The keys; borrowed.</param>
    public KeyPruning(TableMetadata table, IReadOnlyList<IcebergField> fields, RecordBatch keys)
    {
        _table = table;
        _fields = fields;
        _keys = keys.Share();
        foreach (Column column in keys.Columns)
        {
            int[] order = new int[column.Length];
            Sort.Indices([new SortKey(column)], order);
            _sorted.Add(Take.Rows(column, order));
        }
    }

    /// <summary>What whoever plans a scan can leave out manifests by; the constants belong to the caller.</summary>
    public List<ColumnPredicate> Bounds()
    {
        var bounds = new List<ColumnPredicate>();
        for (int i = 0; i < _fields.Count; i++)
        {
            Column sorted = _sorted[i];
            bounds.Add(new ColumnPredicate(_fields[i].Name, PredicateOperator.GreaterOrEqual, sorted.Slice(0, 1)));
            bounds.Add(new ColumnPredicate(_fields[i].Name, PredicateOperator.LessOrEqual, sorted.Slice(sorted.Length - 1, 1)));
        }

        return bounds;
    }

    public bool MayHold(DataFile file)
    {
        for (int i = 0; i < _fields.Count; i++)
        {
            if (!IsWithin(file, i))
            {
                return false;
            }
        }

        return IsInPartition(file);
    }

    public void Dispose()
    {
        _sorted.ForEach(c => c.Dispose());
        _keys.Dispose();
        foreach (KeyTable values in _partitions.Values)
        {
            values.Dispose();
        }
    }

    private bool IsWithin(DataFile file, int column)
    {
        var type = (IcebergPrimitive)_fields[column].Type;
        int id = _fields[column].Id;

        // NaN is in no bound.
        if (type.Kind is IcebergKind.Float or IcebergKind.Double)
        {
            return true;
        }

        Column sorted = _sorted[column];
        int at = file.Metrics.LowerBounds.TryGetValue(id, out byte[]? lower) ? FirstFrom(sorted, SingleValue.FromBytes(type, lower)) : 0;
        return at < sorted.Length
            && (!file.Metrics.UpperBounds.TryGetValue(id, out byte[]? upper) || SingleValue.Compare(ColumnValue.Read(sorted, at)!, SingleValue.FromBytes(type, upper)) <= 0);
    }

    // The first key that is not below a value.
    private static int FirstFrom(Column sorted, object value)
    {
        int low = 0;
        int high = sorted.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = SingleValue.Compare(ColumnValue.Read(sorted, middle)!, value) < 0 ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private bool IsInPartition(DataFile file)
    {
        if (_table.SpecOf(file.SpecId) is not { } spec)
        {
            return true;
        }

        int[] group = [0];
        for (int i = 0; i < spec.Fields.Count && i < file.Partition.Count; i++)
        {
            SpecField field = spec.Fields[i];
            int column = _fields.ToList().FindIndex(f => f.Id == field.SourceId);
            if (column < 0 || field.Transform.Kind is TransformKind.Void or TransformKind.Unknown)
            {
                continue;
            }

            KeyTable values = ValuesOf(spec.Id, i, field.Transform, column);
            using Column value = ColumnValue.Repeat(values.Keys[0].Type, file.Partition[i], 1);
            values.Find([value], group);
            if (group[0] == KeyTable.None)
            {
                return false;
            }
        }

        return true;
    }

    private KeyTable ValuesOf(int spec, int field, Transform transform, int column)
    {
        if (!_partitions.TryGetValue((spec, field), out KeyTable? values))
        {
            Column made = TransformColumn.Apply(transform, _keys[column]);
            values = new KeyTable(new RecordBatch(new Schema(new Field("value", made.Type)), made.Length, made));
            _partitions.Add((spec, field), values);
        }

        return values;
    }
}
