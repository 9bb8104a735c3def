using Millrace.Columnar;

namespace Millrace.Connectors.Files;

/// <summary>
/// Numbers the partition values of one field as they appear, so that rows are compared by number. 0 is null. One thread
/// uses it.
/// </summary>
internal abstract class PartitionEncoder
{
    private readonly List<string?> _values = [null];

    /// <summary>Text of each value by its number; null for null.</summary>
    public IReadOnlyList<string?> Values => _values;

    /// <summary>The encoder of a field, or an error if its column's type does not go with its transform.</summary>
    public static PartitionEncoder Create(PartitionField field, Schema schema)
    {
        DataType type = schema[field.Column].Type;
        if (type.Id == TypeId.Dictionary)
        {
            return new DictionaryEncoder(CreatePlain(field, schema, type.DictionaryValue));
        }

        return CreatePlain(field, schema, type);
    }

    /// <summary>Writes the number of every row's value.</summary>
    public abstract void Encode(Column column, Span<int> codes);

    /// <summary>Forgets all values.</summary>
    public virtual void Clear() => _values.RemoveRange(1, _values.Count - 1);

    /// <summary>Gives a new value its number.</summary>
    protected int Add(string value)
    {
        _values.Add(value);
        return _values.Count - 1;
    }

    private static PartitionEncoder CreatePlain(PartitionField field, Schema schema, DataType type)
    {
        bool isTime = type.Id is TypeId.Date or TypeId.Timestamp;
        bool isWhole = type.IsInteger || (type.Id == TypeId.Decimal && type.Precision <= WholeValues.MaxDigits);
        bool isBytes = type.Id is TypeId.Utf8 or TypeId.Binary or TypeId.FixedBinary or TypeId.Uuid;
        int n = field.Argument;
        return field.Transform switch
        {
            PartitionTransform.Identity when isWhole || isTime || type.Id is TypeId.Boolean or TypeId.Time
                => new WholeEncoder<IdentityKey>(type, new IdentityKey(type)),
            PartitionTransform.Identity when type.Id is TypeId.Utf8 or TypeId.Uuid => new BytesEncoder(type, characters: int.MaxValue),
            PartitionTransform.Year when isTime => new WholeEncoder<MonthKey>(type, new MonthKey(type, MonthKey.MonthsPerYear)),
            PartitionTransform.Month when isTime => new WholeEncoder<MonthKey>(type, new MonthKey(type, 1)),
            PartitionTransform.Day when isTime => new WholeEncoder<SpanKey>(type, new SpanKey(type, SpanKey.HoursPerDay)),
            PartitionTransform.Hour when type.Id == TypeId.Timestamp => new WholeEncoder<SpanKey>(type, new SpanKey(type, 1)),
            PartitionTransform.Bucket when isWhole || isTime || type.Id == TypeId.Time => new WholeEncoder<BucketKey>(type, new BucketKey(type, n)),
            PartitionTransform.Bucket when isBytes => new BytesBucketEncoder(n),
            PartitionTransform.Truncate when isWhole && type.Id != TypeId.UInt64 => new WholeEncoder<TruncateKey>(type, new TruncateKey(type, n)),
            PartitionTransform.Truncate when type.Id == TypeId.Utf8 => new BytesEncoder(type, n),
            _ => throw FilesErrors.BadPartition.Error(
                $"Column '{schema[field.Column].Name}' of type {type} cannot be partitioned by {field.Transform.ToString().ToLowerInvariant()}."),
        };
    }
}
