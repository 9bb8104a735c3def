namespace Millrace.Formats.Parquet;

/// <summary>A node of the schema; the nodes stand in the order of a walk that takes parents first.</summary>
public sealed class SchemaElement : IThriftStruct<SchemaElement>
{
    /// <summary>Absent in groups.</summary>
    public PhysicalType? Type { get; set; }

    /// <summary>Bytes of a fixed-length value.</summary>
    public int? TypeLength { get; set; }

    /// <summary>Absent at the root.</summary>
    public Repetition? Repetition { get; set; }

    public string Name { get; set; } = "";

    /// <summary>Absent in leaves.</summary>
    public int? ChildCount { get; set; }

    public ConvertedType? ConvertedType { get; set; }

    public int? Scale { get; set; }

    public int? Precision { get; set; }

    public int? FieldId { get; set; }

    public LogicalType? LogicalType { get; set; }

    public static SchemaElement Read(ref ThriftReader reader)
    {
        var value = new SchemaElement();
        ThriftFields fields = reader.Begin();
        while (reader.Next(ref fields))
        {
            switch (fields.Id)
            {
                case 1:
                    value.Type = reader.Enum<PhysicalType>();
                    break;
                case 2:
                    value.TypeLength = reader.I32();
                    break;
                case 3:
                    value.Repetition = reader.Enum<Repetition>();
                    break;
                case 4:
                    value.Name = reader.String();
                    break;
                case 5:
                    value.ChildCount = reader.I32();
                    break;
                case 6:
                    value.ConvertedType = reader.Enum<ConvertedType>();
                    break;
                case 7:
                    value.Scale = reader.I32();
                    break;
                case 8:
                    value.Precision = reader.I32();
                    break;
                case 9:
                    value.FieldId = reader.I32();
                    break;
                case 10:
                    value.LogicalType = reader.Struct<LogicalType>();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        fields.Require("a schema element", 4);
        return value;
    }

    public void Write(ThriftWriter writer)
    {
        writer.Enum<PhysicalType>(1, Type);
        writer.I32(2, TypeLength);
        writer.Enum<Repetition>(3, Repetition);
        writer.String(4, Name);
        writer.I32(5, ChildCount);
        writer.Enum<ConvertedType>(6, ConvertedType);
        writer.I32(7, Scale);
        writer.I32(8, Precision);
        writer.I32(9, FieldId);
        writer.Struct(10, LogicalType);
    }
}
