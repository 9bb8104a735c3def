using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>A predicate on a column without parts, asked about bounds instead of values.</summary>
internal sealed class LeafPredicate
{
    private readonly ColumnPredicate _predicate;

    // Of a list, the numbers of its constants in their order.
    private readonly int[] _order = [];

    private LeafPredicate(SchemaLeaf leaf, ColumnPredicate predicate)
    {
        Leaf = leaf;
        _predicate = predicate;
        if (predicate.Operator == PredicateOperator.In)
        {
            _order = new int[predicate.Value!.Length];
            Sort.Indices([new SortKey(predicate.Value)], _order);
        }
    }

    public SchemaLeaf Leaf { get; }

    public PredicateOperator Operator => _predicate.Operator;

    /// <summary>The constant, or those of a list; absent for the null tests.</summary>
    public Column? Value => _predicate.Value;

    /// <summary>Hashes of the constants for bloom filters: one set of them for all row groups of a file.</summary>
    public BloomConstants Bloom => field ??= new BloomConstants(Leaf, Value!);

    /// <summary>The predicates of a request that bounds can say something about.</summary>
    public static List<LeafPredicate> FindAll(FileReadRequest request, ParquetSchema schema)
    {
        var found = new List<LeafPredicate>();
        foreach (ColumnPredicate predicate in request.Predicates)
        {
            int index = schema.Schema.IndexOf(predicate.Column);
            if (index >= 0
                && schema.Columns[index] is { Kind: NodeKind.Leaf } node
                && node.FirstLeaf is { Physical: not PhysicalType.Int96, Type.Id: not TypeId.Interval }
                && predicate.Value is null or { Length: > 0, NullCount: 0 })
            {
                found.Add(new LeafPredicate(node.FirstLeaf, predicate));
            }
        }

        return found;
    }

    /// <summary>
    /// Tells for each pair of bounds whether values between them can match; null if that cannot be told. Bounds may be wider
    /// than the values.
    /// </summary>
    public bool[]? MayMatch(IReadOnlyList<byte[]> min, IReadOnlyList<byte[]> max) => Operator switch
    {
        PredicateOperator.Less => Test(min, CompareOperator.Less, Value!),
        PredicateOperator.LessOrEqual => Test(min, CompareOperator.LessOrEqual, Value!),
        // Bounds leave not-a-number out, which is greater than all numbers.
        PredicateOperator.Greater => Leaf.Type.IsFloat ? null : Test(max, CompareOperator.Greater, Value!),
        PredicateOperator.GreaterOrEqual => Leaf.Type.IsFloat ? null : Test(max, CompareOperator.GreaterOrEqual, Value!),
        PredicateOperator.Equal => IsNaN(Value!) ? null : Both(Test(min, CompareOperator.LessOrEqual, Value!), Test(max, CompareOperator.GreaterOrEqual, Value!)),
        PredicateOperator.In => HoldsOneBetween(min, max),
        // Bounds of byte arrays can be cut, so that equal bounds do not mean equal values.
        PredicateOperator.NotEqual when Leaf.Type is { IsFloat: false, Layout: not TypeLayout.VarBinary }
            => Either(Test(min, CompareOperator.NotEqual, Value!), Test(max, CompareOperator.NotEqual, Value!)),
        _ => null,
    };

    // Whether the first constant that is not below the least value is not above the greatest. Bounds leave not-a-number out, which is the
    // last constant where it is one.
    private bool[]? HoldsOneBetween(IReadOnlyList<byte[]> min, IReadOnlyList<byte[]> max)
    {
        using Column? least = Bounds(min, Value!.Type);
        using Column? greatest = Bounds(max, Value.Type);
        if (least is null || greatest is null || IsNaN(Value, _order[^1]))
        {
            return null;
        }

        var fromLeast = RowComparer.Create(least, Value);
        var fromGreatest = RowComparer.Create(greatest, Value);
        var result = new bool[min.Count];
        for (int i = 0; i < result.Length; i++)
        {
            // A bound that is not a number is none.
            int at = IsNaN(least, i) ? 0 : SortedSearch.FirstFrom(_order.Length, (fromLeast, i, _order), static (s, at) => s.fromLeast.CompareValues(s.i, s._order[at]) > 0);
            result[i] = at < _order.Length && (IsNaN(greatest, i) || fromGreatest.CompareValues(i, _order[at]) >= 0);
        }

        return result;
    }

    private static bool[]? Both(bool[]? left, bool[]? right)
        => left is null || right is null ? null : [.. left.Zip(right, (a, b) => a && b)];

    private static bool[]? Either(bool[]? left, bool[]? right)
        => left is null || right is null ? null : [.. left.Zip(right, (a, b) => a || b)];

    private bool[]? Test(IReadOnlyList<byte[]> bounds, CompareOperator op, Column constant)
    {
        using Column? column = Bounds(bounds, constant.Type);
        if (column is null)
        {
            return null;
        }

        using BooleanColumn matches = Compare.Constant(column, op, constant);
        var result = new bool[bounds.Count];
        for (int i = 0; i < result.Length; i++)
        {
            // A bound that is not a number is none.
            result[i] = matches.Values[i] || IsNaN(column, i);
        }

        return result;
    }

    // The bounds in the type of constants, which the caller owns; null where they cannot be compared with them.
    private Column? Bounds(IReadOnlyList<byte[]> bounds, DataType type)
    {
        using Column? stored = PlainColumn.Decode(Leaf, bounds);
        return stored is null ? null : Convert(stored, type);
    }

    // Bounds of the stored values are bounds of the converted ones where the conversion keeps their order.
    private static Column? Convert(Column bounds, DataType type)
    {
        if (bounds.Type.Equals(type))
        {
            return bounds.Share();
        }

        bool keepsOrder = (bounds.Type.IsNumeric && type.IsNumeric) || (IsTime(bounds.Type) && IsTime(type));
        if (!keepsOrder || !Cast.IsPossible(bounds.Type, type))
        {
            return null;
        }

        CastResult cast = Cast.To(bounds, type);
        if (cast.Failures.Count == 0)
        {
            return cast.Column;
        }

        cast.Column.Dispose();
        return null;
    }

    private static bool IsTime(DataType type) => type.Id is TypeId.Date or TypeId.Timestamp;

    private static bool IsNaN(Column column, int row = 0) => column switch
    {
        FixedColumn<double> c => double.IsNaN(c.Values[row]),
        FixedColumn<float> c => float.IsNaN(c.Values[row]),
        _ => false,
    };
}
