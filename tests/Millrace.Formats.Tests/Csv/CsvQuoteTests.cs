using System.Text;
using Millrace.Columnar;
using Millrace.Formats.Csv;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Csv;

/// <summary>Quotes that do not stand around all of a field.</summary>
public class CsvQuoteTests
{
    private static readonly CsvOptions Plain = new() { Delimiter = ",", Quote = "\"", Escape = "none", Header = false, Columns = ["x", "y"] };

    public static IEnumerable<TheoryDataRow<int>> Seeds => Enumerable.Range(1, 60).Select(s => new TheoryDataRow<int>(s));

    [Theory]
    [InlineData("\"abc\"def,1", "t.csv:2:1", "Behind the closing quote of field 1 stands 'def', expected a delimiter or the end of the line.")]
    [InlineData("é,\"abc\" ", "t.csv:2:3", "Behind the closing quote of field 2 stands ' ', expected a delimiter or the end of the line.")]
    [InlineData("\"\"x,1", "t.csv:2:1", "Behind the closing quote of field 1 stands 'x', expected a delimiter or the end of the line.")]
    [InlineData("1,\"a\"\"b\"c\"", "t.csv:2:3", "Behind the closing quote of field 2 stands 'c\"', expected a delimiter or the end of the line.")]
    [InlineData("\"a\nb\"c,\"d\"", "t.csv:2:1", "Behind the closing quote of field 1 stands 'c', expected a delimiter or the end of the line.")]
    [InlineData("\"a\nb\",\"d\"e", "t.csv:3:4", "Behind the closing quote of field 2 stands 'e', expected a delimiter or the end of the line.")]
    [InlineData("\"a\"b,c,d", "t.csv:2:1", "Behind the closing quote of field 1 stands 'b', expected a delimiter or the end of the line.")]
    public async Task Text_behind_a_closing_quote_makes_a_bad_row_with_its_place_and_bytes(string row, string place, string message)
    {
        foreach (string end in (string[])["\n", "\r\n"])
        {
            var errors = new CollectedErrors();
            string?[][] rows = await CsvTable.ReadTextAsync($"1,2{end}{row}{end}3,4{end}", Plain, errors);
            Assert.Equal([["1", "2"], ["3", "4"]], rows);
            RowError error = Assert.Single(errors.Errors);
            Assert.Equal(("MR2018", place, message), (error.Code.Id, error.Place.ToString(), error.Message));
            Assert.Equal(row, Encoding.UTF8.GetString(error.Raw.Span));
        }
    }

    [Fact]
    public async Task The_first_such_row_ends_a_read_that_fails_on_bad_rows()
    {
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => CsvTable.ReadTextAsync("1,2\n3,\"4\"5\n", Plain));
        Assert.Equal("MR2018", error.Code.Id);
        Assert.Contains("quote: none", error.Code.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\" a\" ,b", " a|b")]
    [InlineData("a, \"b\"   ", "a|b")]
    public async Task Spaces_behind_a_closing_quote_are_fine_when_they_are_trimmed(string row, string expected)
        => Assert.Equal([expected.Split('|')], await CsvTable.ReadTextAsync(row, Plain with { Trim = true }));

    [Fact]
    public async Task Other_text_behind_trimmed_spaces_still_makes_a_bad_row()
    {
        var errors = new CollectedErrors();
        Assert.Equal([["1", "2"]], await CsvTable.ReadTextAsync("  \"a\"  b ,c\n1,2\n", Plain with { Trim = true }, errors));
        Assert.Contains("stands '  b '", Assert.Single(errors.Errors).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"a\\\"b\",1", 0)]
    [InlineData("\"a\\\\\"b,1", 1)]
    [InlineData("\"a\"\\,b,1", 1)]
    public async Task An_escaped_quote_closes_nothing(string row, int bad)
    {
        var errors = new CollectedErrors();
        string?[][] rows = await CsvTable.ReadTextAsync(row + "\n1,2\n", Plain with { Escape = "\\" }, errors);
        Assert.Equal((2 - bad, bad), (rows.Length, errors.Errors.Count));
    }

    [Fact]
    public async Task A_quote_within_a_field_without_quotes_is_text()
        => Assert.Equal([["5\" pipe", "a\"b\"c"]], await CsvTable.ReadTextAsync("5\" pipe,a\"b\"c\n", Plain));

    [Fact]
    public async Task A_column_that_nobody_asked_for_is_looked_at_as_well()
    {
        byte[] bytes = "1,2\n3,\"4\"5\n6,7\n"u8.ToArray();
        FileInspection found = await CsvTable.InspectAsync(bytes, Plain);
        foreach (Schema columns in (Schema[])[Schema.Empty, new Schema([found.Schema[0]])])
        {
            var errors = new CollectedErrors();
            List<RecordBatch> batches = await CsvTable.ReadAsync(new MemoryByteSource(bytes), found, columns, errors: errors);
            Assert.Equal((2, 1), (batches.Sum(b => b.Length), errors.Errors.Count));
            batches.ForEach(b => b.Dispose());
        }
    }

    [Theory]
    [InlineData("1,2,\"3\"x\n")]
    [InlineData("\"1\"x\n")]
    public async Task Padding_and_cutting_do_not_hide_such_a_row(string row)
    {
        var errors = new CollectedErrors();
        await CsvTable.ReadTextAsync("1,2\n3,4\n" + row, Plain with { ShortRows = CsvShortRows.Pad, LongRows = CsvLongRows.Cut }, errors);
        Assert.Equal("MR2018", Assert.Single(errors.Errors).Code.Id);
    }

    [Fact]
    public async Task A_row_whose_quotes_are_wrong_does_not_decide_over_types()
    {
        string text = "id,n\n" + string.Concat(Enumerable.Range(0, 50).Select(i => $"{i},\"{i}\"\n")) + "50,\"5\"x\n51,\"51\"\n";
        FileInspection found = await CsvTable.InspectAsync(text, new CsvOptions { Delimiter = ",", Quote = "\"", Header = true });
        Assert.Equal("id bigint, n bigint", found.Schema.ToString());
    }

    // The next quote closes the one left open, and text follows it; without a next one the file ends in quotes.
    [Theory]
    [MemberData(nameof(Seeds))]
    public Task A_closing_quote_that_is_missing_never_joins_rows_silently(int seed) => LeakCheck.RunAsync(async () =>
    {
        var random = new Random(seed);
        int rows = random.Next(20, 3000);
        int broken = random.Next(3) == 0 ? rows - 1 : random.Next(rows);
        string lineEnd = random.Next(2) == 0 ? "\n" : "\r\n";
        string[] lines = [.. Enumerable.Range(0, rows).Select(i => $"{i},\"{new string((char)('a' + random.Next(26)), random.Next(1, 40))}\"")];
        string[] written = [.. lines];
        written[broken] = written[broken][..^1];
        byte[] bytes = Encoding.UTF8.GetBytes(string.Concat(written.Select(l => l + lineEnd)));
        FileInspection inspection = new() { Schema = new([new Field("x", DataType.Int64), new Field("y", DataType.Utf8)]), Options = Plain, IsInferred = true };
        var errors = new CollectedErrors();
        List<RecordBatch> batches = await CsvTable.ReadAsync(new Text.ChunkedSource(bytes, random.Next(1, 5000)), inspection, inspection.Schema, windowSize: random.Next(256, 5000), batchRows: random.Next(1, 500), errors: errors);
        List<string> found = [];
        foreach (RecordBatch batch in batches)
        {
            found.AddRange(Enumerable.Range(0, batch.Length).Select(r => $"{((FixedColumn<long>)batch[0]).Values[r]},\"{((BinaryColumn)batch[1]).GetString(r)}\""));
            batch.Dispose();
        }

        int lost = Math.Min(2, rows - broken);
        Assert.Equal([.. lines[..broken], .. lines[(broken + lost)..]], found);
        RowError error = Assert.Single(errors.Errors);
        Assert.Equal((lost == 2 ? "MR2018" : "MR2011", broken + 1L), (error.Code.Id, error.Place.Line));
        Assert.Equal(string.Join(lineEnd, written[broken..(broken + lost)]), Encoding.UTF8.GetString(error.Raw.Span).TrimEnd('\r', '\n'));
    });
}
