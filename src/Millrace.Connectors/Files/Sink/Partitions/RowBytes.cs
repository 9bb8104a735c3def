using Millrace.Columnar;

namespace Millrace.Connectors.Files;

/// <summary>The bytes of a value of text, binary or UUID.</summary>
internal static class RowBytes
{
    public static ReadOnlySpan<byte> Of(Column column, int row) => column is BinaryColumn binary ? binary[row] : ((FixedBinaryColumn)column)[row];
}
