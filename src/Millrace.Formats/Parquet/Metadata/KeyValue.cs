namespace Millrace.Formats.Parquet;

/// <summary>A free property.</summary>
public sealed class KeyValue : IThriftStruct<KeyValue>
{
    public string Key { get; set; } = "";

    public string? Value { get; set; }

    public static KeyValue Read(ref ThriftReader reader)
    {
        var value = new KeyValue();
        ThriftFields fields = reader.Begin();
        while (reader.Next(ref fields))
        {
            switch (fields.Id)
            {
                case 1:
                    value.Key = reader.String();
                    break;
                case 2:
                    value.Value = reader.String();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        fields.RequireUpTo(1, "a key-value pair");
        return value;
    }

    public void Write(ThriftWriter writer)
    {
        writer.String(1, Key);
        writer.String(2, Value);
    }
}
