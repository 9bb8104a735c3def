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
    private readonly Dictionary<int, int> _columns = [];
    private readonly Dictionary<int, List<(int Field, KeyTable Values)>> _partitions = [];

    /// <param name="table">The table.</param>
    /// <param name="fields">The key columns.</param>
    /// <param name="keys">The keys; borrowed.</param>
    public KeyPruning(TableMetadata table, IReadOnlyList<IcebergField> fields, RecordBatch keys)
    {
        _table = table;
        _fields = fields;
        _keys = keys.Share();
        for (int i = 0; i < fields.Count; i++)
        {
            _columns.TryAdd(fields[i].Id, i);
        }

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
        foreach ((_, KeyTable values) in _partitions.Values.SelectMany(p => p))
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
        int at = file.Metrics.LowerBounds.TryGetValue(id, out byte[]? lower)
            ? SortedSearch.FirstFrom(sorted.Length, (sorted, least: SingleValue.FromBytes(type, lower)), static (s, row) => SingleValue.Compare(ColumnValue.Read(s.sorted, row)!, s.least) < 0)
            : 0;
        return at < sorted.Length
            && (!file.Metrics.UpperBounds.TryGetValue(id, out byte[]? upper) || SingleValue.Compare(ColumnValue.Read(sorted, at)!, SingleValue.FromBytes(type, upper)) <= 0);
    }

    private bool IsInPartition(DataFile file)
    {
        int[] group = [0];
        foreach ((int field, KeyTable values) in PartitionsOf(file.SpecId))
        {
            if (field >= file.Partition.Count)
            {
                break;
            }

            using Column value = ColumnValue.Repeat(values.Keys[0].Type, file.Partition[field], 1);
            values.Find([value], group);
            if (group[0] == KeyTable.None)
            {
                return false;
            }
        }

        return true;
    }

    // The fields of a spec that are made of key columns, with what the spec makes of the keys. None for a spec that the table does not have.
    private List<(int Field, KeyTable Values)> PartitionsOf(int specId)
    {
        if (_partitions.TryGetValue(specId, out List<(int, KeyTable)>? partitions))
        {
            return partitions;
        }

        _partitions.Add(specId, partitions = []);
        IReadOnlyList<SpecField> fields = _table.SpecOf(specId)?.Fields ?? [];
        for (int i = 0; i < fields.Count; i++)
        {
            int column = _columns.GetValueOrDefault(fields[i].SourceId, -1);
            if (column >= 0 && fields[i].Transform.Kind is not (TransformKind.Void or TransformKind.Unknown))
            {
                Column made = TransformColumn.Apply(fields[i].Transform, _keys[column]);
                partitions.Add((i, new KeyTable(new RecordBatch(new Schema(new Field("value", made.Type)), made.Length, made))));
            }
        }

        return partitions;
    }
}
