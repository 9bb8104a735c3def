namespace Millrace.Formats.Parquet;

/// <summary>Statistics of a chunk or a page. Bounds are in plain encoding without a length.</summary>
public sealed class ColumnStatistics : IThriftStruct<ColumnStatistics>
{
    /// <summary>Compared as signed bytes by old writers; only usable for signed numbers.</summary>
    public byte[]? LegacyMax { get; set; }

    public byte[]? LegacyMin { get; set; }

    public long? NullCount { get; set; }

    public long? DistinctCount { get; set; }

    /// <summary>In the order of the column.</summary>
    public byte[]? Max { get; set; }

    public byte[]? Min { get; set; }

    public bool? IsMaxExact { get; set; }

    public bool? IsMinExact { get; set; }

    public static ColumnStatistics Read(ref ThriftReader reader)
    {
        var value = new ColumnStatistics();
        ThriftFields fields = reader.Begin();
        while (reader.Next(ref fields))
        {
            switch (fields.Id)
            {
                case 1:
                    value.LegacyMax = reader.Binary();
                    break;
                case 2:
                    value.LegacyMin = reader.Binary();
                    break;
                case 3:
                    value.NullCount = reader.I64();
                    break;
                case 4:
                    value.DistinctCount = reader.I64();
                    break;
                case 5:
                    value.Max = reader.Binary();
                    break;
                case 6:
                    value.Min = reader.Binary();
                    break;
                case 7:
                    value.IsMaxExact = reader.Bool();
                    break;
                case 8:
                    value.IsMinExact = reader.Bool();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return value;
    }

    public void Write(ThriftWriter writer)
    {
        writer.Binary(1, LegacyMax);
        writer.Binary(2, LegacyMin);
        writer.I64(3, NullCount);
        writer.I64(4, DistinctCount);
        writer.Binary(5, Max);
        writer.Binary(6, Min);
        writer.Bool(7, IsMaxExact);
        writer.Bool(8, IsMinExact);
    }
}
