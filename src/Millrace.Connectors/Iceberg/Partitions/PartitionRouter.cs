using System.Security.Cryptography;
using Millrace.Columnar;

namespace Millrace.Connectors.Iceberg;

/// <summary>Rows of a batch that belong to one partition.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Start">First of them in <see cref="PartitionRouter.Order"/>.</param>
/// <param name="Count">How many.</param>
internal readonly record struct PartitionRows(PartitionTuple Partition, int Start, int Count);

/// <summary>Sorts the rows of batches by partition; rows of one partition keep their order. One thread uses it.</summary>
internal sealed class PartitionRouter
{
    // Rows are told apart by hash first; with a seed of its own nobody can choose values that all collide.
    private readonly ulong _seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
    private readonly Transform[] _transforms;
    private readonly FieldPlace[] _sources;
    private readonly Dictionary<ulong, int> _groups = [];
    private ulong[] _hashes = [];
    private int[] _groupOf = [];
    private int[] _firsts = [];
    private int[] _order = [];
    private bool[] _equal = [];

    /// <param name="spec">The spec.</param>
    /// <param name="schema">The schema whose columns batches have.</param>
    public PartitionRouter(PartitionSpec spec, TableSchema schema)
    {
        _transforms = [.. spec.Fields.Select(f => f.Transform)];
        _sources = [.. spec.Fields.Select(f => FieldPlace.Of(schema, f.SourceId) ?? throw IcebergErrors.Transform($"The column of the partition field '{f.Name}' is not in the schema"))];
    }

    /// <summary>Numbers of the rows of the last batch, partition by partition.</summary>
    public ReadOnlySpan<int> Order => _order;

    public List<PartitionRows> Split(RecordBatch batch)
    {
        if (_transforms.Length == 0)
        {
            return [new PartitionRows(PartitionTuple.Empty, 0, batch.Length)];
        }

        var values = new List<Column>(_transforms.Length);
        try
        {
            for (int i = 0; i < _transforms.Length; i++)
            {
                using Column source = _sources[i].In(batch);
                values.Add(TransformColumn.Apply(_transforms[i], source));
            }

            Ensure(batch.Length);
            return Sort([.. values], batch.Length);
        }
        finally
        {
            values.ForEach(v => v.Dispose());
        }
    }

    private List<PartitionRows> Sort(Column[] values, int rows)
    {
        Span<ulong> hashes = _hashes.AsSpan(0, rows);
        Hash.Rows(values, hashes, _seed);
        _groups.Clear();
        var firsts = new List<int>();
        for (int row = 0; row < rows; row++)
        {
            if (!_groups.TryGetValue(hashes[row], out int group))
            {
                _groups.Add(hashes[row], group = firsts.Count);
                firsts.Add(row);
            }

            _groupOf[row] = group;
            _firsts[row] = firsts[group];
            _order[row] = row;
        }

        RowEquality.Test(values, _order.AsSpan(0, rows), values, _firsts.AsSpan(0, rows), _equal.AsSpan(0, rows));
        PartitionTuple[] tuples = _equal.AsSpan(0, rows).Contains(false)
            ? ByValue(values, rows)
            : [.. firsts.Select(row => TupleOf(values, row))];
        return Arrange(tuples, rows);
    }

    // Two partitions of one hash.
    private PartitionTuple[] ByValue(Column[] values, int rows)
    {
        var groups = new Dictionary<PartitionTuple, int>();
        for (int row = 0; row < rows; row++)
        {
            PartitionTuple tuple = TupleOf(values, row);
            if (!groups.TryGetValue(tuple, out int group))
            {
                groups.Add(tuple, group = groups.Count);
            }

            _groupOf[row] = group;
        }

        return [.. groups.OrderBy(g => g.Value).Select(g => g.Key)];
    }

    // A counting sort: stable and linear.
    private List<PartitionRows> Arrange(PartitionTuple[] tuples, int rows)
    {
        int[] next = new int[tuples.Length];
        for (int row = 0; row < rows; row++)
        {
            next[_groupOf[row]]++;
        }

        var groups = new List<PartitionRows>(tuples.Length);
        int start = 0;
        for (int group = 0; group < tuples.Length; group++)
        {
            groups.Add(new PartitionRows(tuples[group], start, next[group]));
            (next[group], start) = (start, start + next[group]);
        }

        for (int row = 0; row < rows; row++)
        {
            _order[next[_groupOf[row]]++] = row;
        }

        return groups;
    }

    private static PartitionTuple TupleOf(Column[] values, int row) => new(Array.ConvertAll(values, v => ColumnValue.Read(v, row)));

    private void Ensure(int rows)
    {
        if (_order.Length < rows)
        {
            _hashes = new ulong[rows];
            _groupOf = new int[rows];
            _firsts = new int[rows];
            _order = new int[rows];
            _equal = new bool[rows];
        }
    }
}
