namespace Millrace.Formats.Parquet;

/// <summary>Bounds of the data pages of a chunk.</summary>
public sealed class ColumnIndex : IThriftStruct<ColumnIndex>
{
    /// <summary>Pages with nulls only, whose bounds mean nothing.</summary>
    public bool[] NullPages { get; set; } = [];

    public List<byte[]> Min { get; set; } = [];

    public List<byte[]> Max { get; set; } = [];

    public BoundaryOrder Order { get; set; }

    public long[]? NullCounts { get; set; }

    public long[]? RepetitionLevels { get; set; }

    public long[]? DefinitionLevels { get; set; }

    public static ColumnIndex Read(ref ThriftReader reader)
    {
        var value = new ColumnIndex();
        ThriftFields fields = reader.Begin();
        while (reader.Next(ref fields))
        {
            switch (fields.Id)
            {
                case 1:
                    value.NullPages = reader.Bools();
                    break;
                case 2:
                    value.Min = reader.Binaries();
                    break;
                case 3:
                    value.Max = reader.Binaries();
                    break;
                case 4:
                    value.Order = reader.Enum<BoundaryOrder>();
                    break;
                case 5:
                    value.NullCounts = reader.Longs();
                    break;
                case 6:
                    value.RepetitionLevels = reader.Longs();
                    break;
                case 7:
                    value.DefinitionLevels = reader.Longs();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        fields.RequireUpTo(4, "a column index");
        return value;
    }

    public void Write(ThriftWriter writer)
    {
        writer.Bools(1, NullPages);
        writer.Binaries(2, Min);
        writer.Binaries(3, Max);
        writer.Enum<BoundaryOrder>(4, Order);
        writer.Longs(5, NullCounts);
        writer.Longs(6, RepetitionLevels);
        writer.Longs(7, DefinitionLevels);
    }
}
