using System.Text;
using Millrace.Columnar;
using Millrace.Formats.Json;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Json;

public class ProjectionTests
{
    [Fact]
    public async Task Columns_come_in_the_order_wanted_and_others_are_skipped()
    {
        using var leaks = new LeakCheck();
        const string text = """
            {"a":1,"b":{"x":[{"y":"}]\""}]},"c":"z","d":[1,2]}
            {"d":[3],"c":"w","b":null,"a":2}
            {"c":"only"}
            """;
        foreach (FeedSizes sizes in (FeedSizes[])[FeedSizes.Default, JsonFiles.Small(32, 5)])
        {
            ReadResult read = await JsonFiles.ReadAsync(text, columns: "c varchar, a bigint", sizes: sizes);
            Assert.Equal(["""{"c":"z","a":1}""", """{"c":"w","a":2}""", """{"c":"only","a":null}"""], read.Rows);
            Assert.Empty(read.Errors);
        }
    }

    [Fact]
    public async Task No_column_gives_the_number_of_rows()
    {
        byte[] text = Encoding.UTF8.GetBytes("{\"a\":1}\n{}\n{\"b\":2}\n");
        FileInspection inspection = await JsonFiles.InspectAsync(text);
        var request = new FileReadRequest { Columns = Schema.Empty, Range = FileRange.Whole(text.Length) };
        await using IBatchReader reader = JsonFiles.Format.OpenReader(new MemoryByteSource(text), inspection, request);
        using RecordBatch? batch = await reader.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal(3, batch!.Length);
        Assert.Null(await reader.ReadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_limit_stops_the_read()
    {
        byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 50).Select(i => $"{{\"a\":{i}}}\n")));
        FileInspection inspection = await JsonFiles.InspectAsync(text);
        var request = new FileReadRequest { Columns = inspection.Schema, Range = FileRange.Whole(text.Length), Limit = 17, BatchRows = 10 };
        await using IBatchReader reader = JsonFiles.Format.OpenReader(new MemoryByteSource(text), inspection, request);
        int rows = 0;
        while (await reader.ReadAsync(TestContext.Current.CancellationToken) is { } batch)
        {
            rows += batch.Length;
            batch.Dispose();
        }

        Assert.Equal(17, rows);
        Assert.Equal(text.AsSpan().IndexOf("{\"a\":17}"u8), reader.Position.Offset);
    }

    [Fact]
    public async Task Fields_are_found_in_any_order_under_names_of_any_length()
    {
        string[] names = [.. Enumerable.Range(0, 40).Select(i => new string((char)('a' + (i % 26)), i) + i)];
        var random = new Random(5);
        var text = new StringBuilder();
        var expected = new List<string>();
        for (int row = 0; row < 60; row++)
        {
            string[] order = [.. names.OrderBy(_ => random.Next(row % 3 == 0 ? 1 : 100)).Where(_ => random.Next(10) > 0)];
            text.Append('{').AppendJoin(',', order.Select((n, i) => $"\"{(i % 7 == 3 ? Escaped(n) : n)}\":{n.Length + row}")).Append("}\n");
            expected.Add("{" + string.Join(',', names.Select(n => $"\"{n}\":{(order.Contains(n) ? n.Length + row : "null")}")) + "}");
        }

        ReadResult read = await JsonFiles.ReadAsync(text.ToString(), columns: string.Join(", ", names.Select(n => $"\"{n}\" bigint")));
        Assert.Equal(expected, read.Rows);
    }

    [Theory]
    [InlineData("""{"a\"b":1}""", "a\"b")]
    [InlineData("""{"a\\b":1}""", "a\\b")]
    [InlineData("""{"\u0061":1}""", "a")]
    [InlineData("""{"\u00e9\n":1}""", "é\n")]
    [InlineData("""{"":1}""", "")]
    [InlineData("""{"12345678":1}""", "12345678")]
    [InlineData("""{"123456789":1}""", "123456789")]
    public async Task Names_are_compared_with_their_escapes_undone(string record, string name)
    {
        byte[] text = Encoding.UTF8.GetBytes(record + "\n" + record);
        FileInspection inspection = await JsonFiles.InspectAsync(text);
        Assert.Equal(name, Assert.Single(inspection.Schema.Fields).Name);
        ReadResult read = await JsonFiles.ReadAsync(text, inspection);
        Assert.Equal(2, read.Rows.Count);
        Assert.All(read.Rows, r => Assert.EndsWith(":1}", r));
    }

    [Fact]
    public async Task Of_equal_names_the_last_counts()
    {
        ReadResult read = await JsonFiles.ReadAsync("""
            {"a":1,"b":"x","a":2}
            {"b":"y","b":null,"a":3,"b":"z"}
            """, columns: "a bigint, b varchar");
        Assert.Equal(["""{"a":2,"b":"x"}""", """{"a":3,"b":"z"}"""], read.Rows);
    }

    private static string Escaped(string name) => string.Concat(name.Select(c => $"\\u{(int)c:x4}"));
}
