namespace Millrace.TestKit;

/// <summary>
/// Schemas, columns and batches from a seed; the same seed gives the same data. Columns hold nulls over values that must
/// not be seen, several nesting levels, and values at the edges of their types. The caller disposes what it gets.
/// </summary>
public sealed class RandomBatches(int seed, RandomOptions? options = null)
{
    private readonly RandomValues _values = new(new Random(seed), options ?? new());

    public RandomOptions Options { get; } = options ?? new();

    /// <summary>The source of all choices, for tests that choose more.</summary>
    public Random Random => _values.Random;

    public DataType Type() => Type(Options.MaxDepth);

    public Schema Schema(int columns)
    {
        var fields = new Field[columns];
        for (int i = 0; i < columns; i++)
        {
            fields[i] = Field($"c{i}", Options.MaxDepth);
        }

        return new Schema(fields.AsEnumerable());
    }

    public RecordBatch Batch(int columns, int rows) => Batch(Schema(columns), rows);

    public RecordBatch Batch(Schema schema, int rows)
        => new(schema, rows, [.. schema.Fields.Select(f => Column(f.Type, rows, f.Nullable))]);

    /// <summary>A column, which is a slice of a longer one if the options say so.</summary>
    public Column Column(DataType type, int rows, bool nullable = true)
    {
        int before = Options.Sliced ? Random.Next(1, 13) : 0;
        int after = Options.Sliced ? Random.Next(0, 13) : 0;
        using ColumnBuilder builder = ColumnBuilder.Create(type, 16);
        _values.Append(builder, before + rows + after, nullable);
        Column column = builder.Build();
        if (!Options.Sliced)
        {
            return column;
        }

        using (column)
        {
            return column.Slice(before, rows);
        }
    }

    private Field Field(string name, int depth) => new(name, Type(depth), nullable: Random.Next(4) > 0);

    private DataType Type(int depth)
    {
        while (true)
        {
            TypeId id = Options.Types[Random.Next(Options.Types.Count)];
            bool nested = id is TypeId.List or TypeId.Struct or TypeId.Map;
            if (nested && depth == 0)
            {
                continue;
            }

            return id switch
            {
                TypeId.Decimal => Decimal(),
                TypeId.FixedBinary => DataType.FixedBinary(Random.Next(1, 20)),
                TypeId.Time => DataType.Time((TimeUnit)Random.Next(4)),
                TypeId.Timestamp => DataType.Timestamp((TimeUnit)Random.Next(4), Random.Next(3) switch { 0 => null, 1 => "UTC", _ => "Europe/Paris" }),
                TypeId.List => DataType.List(Field("element", depth - 1)),
                TypeId.Struct => DataType.Struct([.. Enumerable.Range(0, Random.Next(1, 4)).Select(i => Field($"f{i}", depth - 1))]),
                TypeId.Map => DataType.Map(Random.Next(2) == 0 ? DataType.Utf8 : DataType.Int32, Field("value", depth - 1)),
                TypeId.Dictionary => DataType.Dictionary(Random.Next(3) switch { 0 => DataType.Int64, 1 => DataType.Binary, _ => DataType.Utf8 }),
                _ => DataType.Parse(TypeTable.Get(id).SqlName),
            };
        }
    }

    private DataType Decimal()
    {
        int precision = Random.Next(3) == 0 ? 38 : Random.Next(1, 39);
        return DataType.Decimal(precision, Random.Next(0, precision + 1));
    }
}
