namespace Millrace.Formats.Avro;

/// <summary>Which types a reader's schema may have in place of the writer's (specification, section Schema Resolution).</summary>
internal static class AvroMatch
{
    /// <summary>Whether the types match on their own level; what is inside them is resolved later.</summary>
    public static bool Matches(AvroType writer, AvroType reader)
    {
        if (reader.Kind == AvroKind.Union)
        {
            return writer.Kind == AvroKind.Union || FindBranch(writer, reader) is not null;
        }

        if (writer.Kind == AvroKind.Union)
        {
            return writer.Children.Any(b => Matches(b, reader));
        }

        if (writer.Logical == AvroLogical.Decimal && reader.Logical == AvroLogical.Decimal)
        {
            return writer.Precision == reader.Precision && writer.Scale == reader.Scale;
        }

        return (writer.Kind, reader.Kind) switch
        {
            (AvroKind.Int, AvroKind.Long or AvroKind.Float or AvroKind.Double) => true,
            (AvroKind.Long, AvroKind.Float or AvroKind.Double) => true,
            (AvroKind.Float, AvroKind.Double) => true,
            (AvroKind.String, AvroKind.Bytes) or (AvroKind.Bytes, AvroKind.String) => true,
            (AvroKind.Fixed, AvroKind.Fixed) => writer.Size == reader.Size && IsSameName(writer, reader),
            (AvroKind.Record, AvroKind.Record) or (AvroKind.Enum, AvroKind.Enum) => IsSameName(writer, reader),
            _ => writer.Kind == reader.Kind,
        };
    }

    /// <summary>The first branch of a reader's union that matches.</summary>
    public static AvroType? FindBranch(AvroType writer, AvroType union) => union.Children.FirstOrDefault(b => Matches(writer, b));

    // Namespaces do not count, but an alias says the whole name.
    private static bool IsSameName(AvroType writer, AvroType reader)
        => writer.Name == reader.Name || reader.Aliases.Contains(writer.FullName);
}
