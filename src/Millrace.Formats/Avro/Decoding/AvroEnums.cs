using System.Text;

namespace Millrace.Formats.Avro;

internal static class AvroEnums
{
    /// <summary>The text for each of the writer's symbols; null where the reader neither knows it nor has a default.</summary>
    public static byte[]?[] Resolve(AvroType writer, AvroType reader)
    {
        var known = reader.Symbols.ToHashSet(StringComparer.Ordinal);
        return [.. writer.Symbols.Select(s => (known.Contains(s) ? s : reader.EnumDefault) is { } text ? Encoding.UTF8.GetBytes(text) : null)];
    }
}
