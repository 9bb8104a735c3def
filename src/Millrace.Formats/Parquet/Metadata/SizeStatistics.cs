namespace Millrace.Formats.Parquet;

/// <summary>Sizes that are not visible from encoded data, and how often each level occurs.</summary>
public sealed class SizeStatistics : IThriftStruct<SizeStatistics>
{
    /// <summary>Bytes of the values without lengths.</summary>
    public long? UnencodedByteArrayBytes { get; set; }

    /// <summary>Occurrences by level.</summary>
    public long[]? RepetitionLevels { get; set; }

    public long[]? DefinitionLevels { get; set; }

    public static SizeStatistics Read(ref ThriftReader reader)
    {
        var value = new SizeStatistics();
        ThriftFields fields = reader.Begin();
        while (reader.Next(ref fields))
        {
            switch (fields.Id)
            {
                case 1:
                    value.UnencodedByteArrayBytes = reader.I64();
                    break;
                case 2:
                    value.RepetitionLevels = reader.Longs();
                    break;
                case 3:
                    value.DefinitionLevels = reader.Longs();
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
        writer.I64(1, UnencodedByteArrayBytes);
        writer.Longs(2, RepetitionLevels);
        writer.Longs(3, DefinitionLevels);
    }
}
