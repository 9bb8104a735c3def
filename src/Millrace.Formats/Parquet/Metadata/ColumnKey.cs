namespace Millrace.Formats.Parquet;

/// <summary>The key of an encrypted column.</summary>
public sealed class ColumnKey : IThriftStruct<ColumnKey>
{
    public List<string> Path { get; set; } = [];

    public byte[]? KeyMetadata { get; set; }

    public static ColumnKey Read(ref ThriftReader reader)
    {
        var value = new ColumnKey();
        ThriftFields fields = reader.Begin();
        while (reader.Next(ref fields))
        {
            switch (fields.Id)
            {
                case 1:
                    value.Path = reader.Strings();
                    break;
                case 2:
                    value.KeyMetadata = reader.Binary();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        fields.RequireUpTo(1, "a column key");
        return value;
    }

    public void Write(ThriftWriter writer)
    {
        writer.Strings(1, Path);
        writer.Binary(2, KeyMetadata);
    }
}
