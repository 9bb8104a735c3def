namespace Millrace.Connectors.Tests.Files;

/// <summary>Small batches with one column of numbers and one of texts.</summary>
internal static class Batches
{
    public static Schema Schema { get; } = new(new Field("id", DataType.Int64), new Field("name", DataType.Utf8));

    public static RecordBatch Of(params (long Id, string? Name)[] rows)
    {
        using var ids = new FixedBuilder<long>(DataType.Int64, rows.Length);
        using var names = new BinaryBuilder(DataType.Utf8, rows.Length);
        foreach ((long id, string? name) in rows)
        {
            ids.Append(id);
            if (name is null)
            {
                names.AppendNull();
            }
            else
            {
                names.Append(name);
            }
        }

        return new RecordBatch(Schema, rows.Length, ids.Build(), names.Build());
    }

    /// <summary>Rows with ids from a number on.</summary>
    public static RecordBatch Range(long from, int count) => Of([.. Enumerable.Range(0, count).Select(i => (from + i, (string?)$"row {from + i}"))]);

    public static string Json(long id, string name) => $$"""{"id":{{id}},"name":"{{name}}"}""";
}
