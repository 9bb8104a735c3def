using System.Globalization;
using Xunit;

namespace Millrace.TestKit;

/// <summary>
/// Logical equality: values under nulls do not count, a dictionary equals the values it stands for, slices equal copies.
/// Floats are equal bit for bit, any NaN equals any other. A failure names the column, the row and both values.
/// </summary>
public static class BatchAssert
{
    public static void Equal(RecordBatch expected, RecordBatch actual)
    {
        Assert.True(expected.Schema.Count == actual.Schema.Count, $"Expected columns {expected.Schema}\nbut found        {actual.Schema}");
        for (int i = 0; i < expected.Schema.Count; i++)
        {
            Assert.True(expected.Schema[i].Name == actual.Schema[i].Name, $"Column {i}: expected name '{expected.Schema[i].Name}', found '{actual.Schema[i].Name}'.");
            Equal(expected[i], actual[i], expected.Schema[i].Name);
        }

        Assert.True(expected.Length == actual.Length, string.Create(CultureInfo.InvariantCulture, $"Expected {expected.Length} rows, found {actual.Length}."));
    }

    /// <summary>The rows of some batches equal those of others, wherever the batches begin and end.</summary>
    public static void EqualRows(IEnumerable<RecordBatch> expected, IEnumerable<RecordBatch> actual)
    {
        using RecordBatch expectedRows = Together(expected);
        using RecordBatch actualRows = Together(actual);
        Equal(expectedRows, actualRows);
    }

    public static void Equal(Column expected, Column actual, string name = "column")
    {
        Assert.True(Plain(expected.Type).Equals(Plain(actual.Type)), $"{name}: expected type {expected.Type}, found {actual.Type}.");
        int rows = Math.Min(expected.Length, actual.Length);
        for (int row = 0; row < rows; row++)
        {
            if (Difference(expected, row, actual, row, name) is { } difference)
            {
                Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"Row {row}, {difference}"));
            }
        }

        Assert.True(expected.Length == actual.Length, string.Create(CultureInfo.InvariantCulture, $"{name}: expected {expected.Length} rows, found {actual.Length}."));
        Assert.True(
            actual.NullCount == Enumerable.Range(0, actual.Length).Count(actual.IsNull),
            string.Create(CultureInfo.InvariantCulture, $"{name}: the null count {actual.NullCount} contradicts the validity bitmap."));
    }

    private static RecordBatch Together(IEnumerable<RecordBatch> batches)
    {
        RecordBatch[] all = [.. batches];
        Assert.True(all.Length > 0, "There are no batches.");
        ColumnBuilder[] builders = [.. all[0].Schema.Fields.Select(f => ColumnBuilder.Create(f.Type, 16))];
        foreach (RecordBatch batch in all)
        {
            for (int i = 0; i < builders.Length; i++)
            {
                builders[i].AppendRange(batch[i], 0, batch.Length);
            }
        }

        return new RecordBatch(all[0].Schema, all.Sum(b => b.Length), Array.ConvertAll(builders, b => b.Build()));
    }

    private static DataType Plain(DataType type) => type.Id switch
    {
        TypeId.Dictionary => Plain(type.DictionaryValue),
        TypeId.List => DataType.List(Plain(type.Element.Type)),
        TypeId.Map => DataType.Map(Plain(type.Children[0].Type), Plain(type.Children[1].Type)),
        TypeId.Struct => DataType.Struct([.. type.Children.Select(f => new Field(f.Name, Plain(f.Type)))]),
        _ => type,
    };

    private static string? Difference(Column expected, int i, Column actual, int j, string path)
    {
        if (expected.IsNull(i) || actual.IsNull(j))
        {
            return expected.IsNull(i) == actual.IsNull(j) ? null : Describe(expected, i, actual, j, path);
        }

        if (expected is DictionaryColumn left)
        {
            return Difference(left.Dictionary, left.Indices[i], actual, j, path);
        }

        if (actual is DictionaryColumn right)
        {
            return Difference(expected, i, right.Dictionary, right.Indices[j], path);
        }

        switch (expected, actual)
        {
            case (StructColumn a, StructColumn b):
                for (int f = 0; f < a.Fields.Count; f++)
                {
                    if (Difference(a.Fields[f], i, b.Fields[f], j, $"{path}.{a.Type.Children[f].Name}") is { } inner)
                    {
                        return inner;
                    }
                }

                return null;
            case (ListColumn a, ListColumn b):
                int count = a.Offsets[i + 1] - a.Offsets[i];
                if (count != b.Offsets[j + 1] - b.Offsets[j])
                {
                    return Describe(expected, i, actual, j, path);
                }

                for (int k = 0; k < count; k++)
                {
                    if (Difference(a.Items, a.Offsets[i] + k, b.Items, b.Offsets[j] + k, $"{path}[{k}]") is { } inner)
                    {
                        return inner;
                    }
                }

                return null;
            default:
                return Same(expected, i, actual, j) ? null : Describe(expected, i, actual, j, path);
        }
    }

    private static bool Same(Column expected, int i, Column actual, int j) => (expected, actual) switch
    {
        (BooleanColumn a, BooleanColumn b) => a.Values[i] == b.Values[j],
        (BinaryColumn a, BinaryColumn b) => a[i].SequenceEqual(b[j]),
        (FixedBinaryColumn a, FixedBinaryColumn b) => a[i].SequenceEqual(b[j]),
        (FixedColumn<float> a, FixedColumn<float> b) => BitConverter.SingleToInt32Bits(a.Values[i]) == BitConverter.SingleToInt32Bits(b.Values[j]) || (float.IsNaN(a.Values[i]) && float.IsNaN(b.Values[j])),
        (FixedColumn<double> a, FixedColumn<double> b) => BitConverter.DoubleToInt64Bits(a.Values[i]) == BitConverter.DoubleToInt64Bits(b.Values[j]) || (double.IsNaN(a.Values[i]) && double.IsNaN(b.Values[j])),
        _ => FixedType.Dispatch<FixedEquality, bool>(expected.Type, new(expected, i, actual, j)),
    };

    private static string Describe(Column expected, int i, Column actual, int j, string path)
        => $"{path} ({expected.Type})\nexpected: {Show(expected, i)}\nfound:    {Show(actual, j)}";

    private static string Show(Column column, int row)
    {
        const int longest = 500;
        string text = ColumnText.Json(column, row);
        return text.Length > longest ? $"{text[..longest]}… ({text.Length} characters)" : text;
    }

    private readonly struct FixedEquality(Column expected, int i, Column actual, int j) : IFixedVisitor<bool>
    {
        public bool Visit<T>(DataType type)
            where T : unmanaged
            => EqualityComparer<T>.Default.Equals(((FixedColumn<T>)expected).Values[i], ((FixedColumn<T>)actual).Values[j]);

        public bool VisitBinary(DataType type) => throw new System.Diagnostics.UnreachableException();
    }
}
