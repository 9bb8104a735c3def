namespace Millrace.Connectors.Iceberg;

/// <summary>Sums up the partitions of a manifest's files, field by field.</summary>
internal sealed class PartitionSummary(PartitionSpec spec, IReadOnlyList<IcebergPrimitive> types)
{
    private readonly bool[] _hasNull = new bool[spec.Fields.Count];
    private readonly bool[] _hasNan = new bool[spec.Fields.Count];
    private readonly object?[] _lower = new object?[spec.Fields.Count];
    private readonly object?[] _upper = new object?[spec.Fields.Count];

    public void Add(PartitionTuple partition)
    {
        for (int i = 0; i < partition.Count; i++)
        {
            switch (partition[i])
            {
                case null:
                    _hasNull[i] = true;
                    break;
                case double.NaN or float.NaN:
                    _hasNan[i] = true;
                    break;
                case { } value:
                    _lower[i] = _lower[i] is { } lower && SingleValue.Compare(lower, value) <= 0 ? lower : value;
                    _upper[i] = _upper[i] is { } upper && SingleValue.Compare(upper, value) >= 0 ? upper : value;
                    break;
            }
        }
    }

    public IReadOnlyList<FieldSummary> Fields()
        => [.. spec.Fields.Select((_, i) => new FieldSummary(_hasNull[i], _hasNan[i], Bytes(i, _lower[i]), Bytes(i, _upper[i])))];

    private byte[]? Bytes(int field, object? value) => value is null ? null : SingleValue.ToBytes(types[field], value);
}
