using Millrace.Columnar;

namespace Millrace.Formats.Json;

/// <summary>
/// Bounds on what a batch can hold. Two bytes of text, an empty object, can stand for as many nulls as a struct has fields, so
/// the length of the text bounds nothing.
/// </summary>
internal static class BatchSize
{
    // Values of 8 bytes: 64 MB.
    private const int MostValues = 8 << 20;
    private const int LeastRows = 16;

    /// <summary>Rows of a batch of a schema, at most those wanted.</summary>
    public static int Rows(Schema schema, int wanted)
        => Math.Min(wanted, Math.Max(LeastRows, MostValues / Math.Max(1, schema.Fields.Sum(f => Leaves(f.Type)))));

    /// <summary>Items that a column of lists or maps may hold in a batch.</summary>
    public static int MostItems(DataType type) => Math.Max(LeastRows, MostValues / type.Children.Sum(f => Leaves(f.Type)));

    private static int Leaves(DataType type) => type.Children.Count == 0 ? 1 : type.Children.Sum(f => Leaves(f.Type));
}
