using System.Text;
using Millrace.Columnar;
using Millrace.Formats.Csv;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Csv;

public class CsvReaderTests
{
    private static readonly CsvOptions Plain = new() { Delimiter = ",", Quote = "\"", Header = false };

    [Theory]
    [InlineData("a,b\nc,d\n", "a|b/c|d")]
    [InlineData("a,b\r\nc,d\r\n", "a|b/c|d")]
    [InlineData("a,b\rc,d\r", "a|b/c|d")]
    [InlineData("a,b\nc,d", "a|b/c|d")]
    [InlineData("a,b\r\nc,d\r", "a|b/c|d")]
    [InlineData("\"a\",\"b\"\n\"c\",\"d\"\n", "a|b/c|d")]
    [InlineData("\"a\"\"b\",\"c\nd\"\n", "a\"b|c\nd")]
    [InlineData("\"a\r\nb\",\",\"\r\n", "a\r\nb|,")]
    [InlineData("\"\",\n", "|NULL")]
    [InlineData(",\n", "NULL|NULL")]
    [InlineData("a,b\n\n\nc,d\n", "a|b/c|d")]
    [InlineData("a,b\r\n\r\nc,d\r\n", "a|b/c|d")]
    [InlineData("a\"b,c\"\"d\n", "a\"b|c\"\"d")]
    [InlineData(" a , \"b\"\n", " a | \"b\"")]
    [InlineData("\"a\",\"\"\"\"\n", "a|\"")]
    public async Task Fields_are_cut_as_RFC_4180_says_and_leniently_where_it_says_nothing(string text, string expected)
        => Assert.Equal(expected, Show(await CsvTable.ReadTextAsync(text, Plain)));

    [Theory]
    [InlineData(" a , \"b\" \n", "a|b")]
    [InlineData("  ,\"  \"\n", "NULL|  ")]
    public async Task Spaces_around_fields_are_dropped_when_asked_for(string text, string expected)
        => Assert.Equal(expected, Show(await CsvTable.ReadTextAsync(text, Plain with { Trim = true })));

    [Theory]
    [InlineData("\"a\\\"b\",c\\,d\n", "a\"b|c,d")]
    [InlineData("\"a\\\\\",b\\\\\n", "a\\|b\\")]
    [InlineData("\"a\"\"b\",\\N\n", "a\"b|N")]
    public async Task A_backslash_makes_the_next_character_literal(string text, string expected)
        => Assert.Equal(expected, Show(await CsvTable.ReadTextAsync(text, Plain with { Escape = "\\" })));

    [Fact]
    public async Task Null_texts_mean_null_unless_they_are_quoted()
        => Assert.Equal("NULL|NA/NULL|/x|NULL", Show(await CsvTable.ReadTextAsync("NA,\"NA\"\n\\N,\nx,NA\n", Plain with { NullValues = ["NA", "\\N"] })));

    [Fact]
    public async Task Comments_and_skipped_lines_are_no_rows()
    {
        const string text = "Report \"of\nlast week\n# made by hand, really\na,b\n#1,2\n3,4\n\"#5\",6\n";
        Assert.Equal("3|4/#5|6", Show(await CsvTable.ReadTextAsync(text, Plain with { Header = true, SkipRows = 2, Comment = "#" })));
    }

    [Fact]
    public async Task In_a_file_of_one_column_an_empty_line_is_a_null()
        => Assert.Equal("a/NULL/b", Show(await CsvTable.ReadTextAsync("a\n\nb\n", Plain)));

    [Fact]
    public async Task Rows_with_another_number_of_fields_are_bad_rows_with_their_line_and_bytes()
    {
        var errors = new CollectedErrors();
        string?[][] rows = await CsvTable.ReadTextAsync("a,b\n1,\"x\ny\"\n1\n2,3,4\n5,6\n", Plain with { Header = true }, errors);
        Assert.Equal("1|x\ny/5|6", Show(rows));
        Assert.Equal(
            ["MR2010 t.csv:4 The row has 1 field, expected 2. 1", "MR2010 t.csv:5 The row has 3 fields, expected 2. 2,3,4"],
            errors.Errors.Select(e => $"{e.Code.Id} {e.Place} {e.Message} {Encoding.UTF8.GetString(e.Raw.Span)}"));
    }

    [Fact]
    public async Task Short_rows_are_padded_and_long_ones_cut_when_asked_for()
    {
        CsvOptions options = Plain with { ShortRows = CsvShortRows.Pad, LongRows = CsvLongRows.Cut };
        Assert.Equal("1|2|3/4|NULL|NULL/5|6|NULL/7|8|9/1|2|3", Show(await CsvTable.ReadTextAsync("1,2,3\n4\n5,6\r\n7,8,9,10\n1,2,3", options)));
    }

    [Fact]
    public async Task A_delimiter_behind_the_last_field_is_allowed_when_the_file_has_them()
        => Assert.Equal("1|2/3|4", Show(await CsvTable.ReadTextAsync("a,b\n1,2,\n3,4\n", Plain with { Header = true, TrailingDelimiter = true, Columns = ["a", "b"] }, new CollectedErrors())));

    [Fact]
    public async Task A_value_that_does_not_fit_a_declared_type_makes_a_bad_row_with_line_and_column()
    {
        var errors = new CollectedErrors();
        byte[] bytes = Encoding.UTF8.GetBytes("a,b\n1,2\n\"é\n\",oops\n3,4\nx,5\n");
        FileInspection inspection = await CsvTable.InspectAsync(bytes, Plain with { Header = true });
        Schema columns = new([new Field("b", DataType.Int32), new Field("a", DataType.Utf8)]);
        List<RecordBatch> batches = await CsvTable.ReadAsync(new MemoryByteSource(bytes, "t.csv"), inspection, columns, errors: errors, declared: true);
        using RecordBatch batch = Assert.Single(batches);
        Assert.Equal([2, 4, 5], ((FixedColumn<int>)batch[0]).Values.ToArray());
        RowError error = Assert.Single(errors.Errors);
        Assert.Equal("MR2004 t.csv:4:3 (column b) 'oops' is not a value of integer.", $"{error.Code.Id} {error.Place} {error.Message}");
        Assert.Equal("\"é\n\",oops", Encoding.UTF8.GetString(error.Raw.Span));
    }

    [Theory]
    [InlineData("1", "2.5", "double")]
    [InlineData("1", "12345678901234567890", "decimal(38, 0)")]
    [InlineData("1", "x", "varchar")]
    [InlineData("1", "007", "varchar")]
    [InlineData("1", "+5", "varchar")]
    [InlineData("-1", "-05", "varchar")]
    [InlineData("1.5", "08.5", "varchar")]
    [InlineData("true", "1", "varchar")]
    [InlineData("10:00:00", "10:00:00.1234567", "time(9)")]
    [InlineData("2024-01-01 10:00:00", "2024-01-01 10:00:00.1234567", "timestamp(9)")]
    [InlineData("2024-01-01 10:00:00Z", "2024-01-01 10:00:00", "varchar")]
    [InlineData("2024-01-01", "2024-01-01 10:00:00", "timestamp")]
    [InlineData("2024-01-01", "soon", "varchar")]
    [InlineData("2024-01-01 10:00:00", "2024-01-01 10:00:00Z", "varchar")]
    [InlineData("1.5", "1,5", "varchar")]
    [InlineData("true", "maybe", "varchar")]
    [InlineData("1.5", "9007199254740993", "varchar")]
    [InlineData("1.5", "\"0.12345678901234567890\"", "varchar")]
    [InlineData("1.5", " -0.12345678901234567890 ", "varchar")]
    [InlineData("1e5", "1.2345678901234567890e3", "varchar")]
    [InlineData("1.5", "1e-400", "varchar")]
    [InlineData("12345678901234567890", "2.5", "varchar")]
    [InlineData("9007199254740993", "2.5", "double")]
    public async Task A_value_beyond_an_inferred_type_asks_for_a_wider_one(string sampled, string later, string wider)
    {
        byte[] bytes = Encoding.UTF8.GetBytes($"a\tb\n{string.Concat(Enumerable.Repeat($"{sampled}\tx\n", 50))}{later}\ty\n");
        FileInspection inspection = await CsvTable.InspectAsync(bytes, new CsvOptions { Header = true, SampleRows = 20 });
        SchemaWideningException wish = await Assert.ThrowsAsync<SchemaWideningException>(() => CsvTable.ReadAsync(new MemoryByteSource(bytes, "t.csv"), inspection, inspection.Schema));
        Assert.Equal(("a", DataType.Parse(wider), 52L), (wish.Column, wish.To, wish.Place.Line));
    }

    [Theory]
    [InlineData("0.30000000000000004", 0.30000000000000004)]
    [InlineData("0.10000000000000001", 0.1)]
    [InlineData("1.50000000000000000000000", 1.5)]
    [InlineData("1.7976931348623157e308", double.MaxValue)]
    [InlineData("123456789012345680000", 123456789012345680000.0)]
    [InlineData("\"9007199254740992\"", 9007199254740992.0)]
    public async Task A_later_number_whose_digits_a_double_keeps_fits_a_column_of_doubles(string later, double expected)
    {
        byte[] bytes = Encoding.UTF8.GetBytes($"a\tb\n{string.Concat(Enumerable.Repeat("1.5\tx\n", 50))}{later}\ty\n");
        FileInspection inspection = await CsvTable.InspectAsync(bytes, new CsvOptions { Header = true, SampleRows = 20 });
        using RecordBatch batch = Assert.Single(await CsvTable.ReadAsync(new MemoryByteSource(bytes), inspection, inspection.Schema));
        Assert.Equal(expected, ((FixedColumn<double>)batch[0]).Values[^1]);
    }

    [Fact]
    public async Task A_number_that_lost_digits_to_a_wider_type_asks_for_text()
    {
        // 2.5 makes the column one of doubles, and then the first number no longer fits.
        byte[] bytes = "a\tb\n9007199254740993\tx\n2.5\ty\n"u8.ToArray();
        FileInspection inspection = await CsvTable.InspectAsync(bytes, new CsvOptions { Delimiter = "\t", Header = true, SampleRows = 2 });
        SchemaWideningException wish = await Assert.ThrowsAsync<SchemaWideningException>(() => CsvTable.ReadAsync(new MemoryByteSource(bytes), inspection, inspection.Schema));
        Assert.Equal(DataType.Float64, wish.To);
        wish = await Assert.ThrowsAsync<SchemaWideningException>(() => CsvTable.ReadAsync(new MemoryByteSource(bytes), inspection, new Schema([new Field("a", DataType.Float64)])));
        Assert.Equal(DataType.Utf8, wish.To);
    }

    [Fact]
    public async Task A_declared_double_takes_the_nearest_value()
    {
        byte[] bytes = "a,b\n0.12345678901234567890,9007199254740993\n"u8.ToArray();
        FileInspection inspection = await CsvTable.InspectAsync(bytes, Plain with { Header = true });
        Schema doubles = new([new Field("a", DataType.Float64), new Field("b", DataType.Float64)]);
        using RecordBatch batch = Assert.Single(await CsvTable.ReadAsync(new MemoryByteSource(bytes), inspection, doubles, declared: true));
        Assert.Equal((0.12345678901234568, 9007199254740992), (((FixedColumn<double>)batch[0]).Values[0], ((FixedColumn<double>)batch[1]).Values[0]));
    }

    [Fact]
    public async Task A_quote_that_is_never_closed_makes_the_rest_of_the_file_a_bad_row()
    {
        var errors = new CollectedErrors();
        Assert.Equal("a|b", Show(await CsvTable.ReadTextAsync("a,b\nc,\"d\ne,f\n", Plain with { Columns = ["x", "y"] }, errors)));
        Assert.Equal("MR2011", Assert.Single(errors.Errors).Code.Id);
    }

    [Fact]
    public async Task A_single_byte_encoding_is_read_when_it_is_named()
    {
        byte[] bytes = Encoding.Latin1.GetBytes("straße,größe\n\"Müller, A\",1\n");
        FileInspection inspection = await CsvTable.InspectAsync(bytes, new CsvOptions { Encoding = "latin-1", AllText = true, Header = false });
        Assert.Equal("straße|größe/Müller, A|1", Show(CsvTable.ToText(await CsvTable.ReadAsync(new Text.ChunkedSource(bytes, 3), inspection, inspection.Schema))));
    }

    [Fact]
    public async Task Invalid_utf8_makes_a_bad_row()
    {
        byte[] bytes = [.. "a,b\nc,"u8, 0xC3, 0x28, .. "\né,f\n"u8];
        var errors = new CollectedErrors();
        FileInspection inspection = new() { Schema = new([new Field("x", DataType.Utf8), new Field("y", DataType.Utf8)]), Options = Plain };
        string?[][] rows = CsvTable.ToText(await CsvTable.ReadAsync(new MemoryByteSource(bytes), inspection, inspection.Schema, errors: errors));
        Assert.Equal("a|b/é|f", Show(rows));
        Assert.Equal("MR2005", Assert.Single(errors.Errors).Code.Id);
    }

    [Fact]
    public async Task Fields_beyond_the_limit_are_bad_rows_and_records_beyond_it_end_the_read()
    {
        CsvOptions options = Plain with { MaxFieldBytes = 1000, Columns = ["x", "y"] };
        var errors = new CollectedErrors();
        Assert.Equal("a|b/c|d", Show(await CsvTable.ReadTextAsync($"a,b\n{new string('x', 1001)},y\nc,d\n", options, errors)));
        Assert.Equal("MR2013", Assert.Single(errors.Errors).Code.Id);
        FileInspection inspection = new() { Schema = new([new Field("x", DataType.Utf8), new Field("y", DataType.Utf8)]), Options = options };
        byte[] endless = Encoding.UTF8.GetBytes("a,b\n\"" + new string('x', 1_000_000));
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => CsvTable.ReadAsync(new MemoryByteSource(endless), inspection, inspection.Schema));
        Assert.Equal("MR2012", error.Code.Id);
        byte[] wide = Encoding.UTF8.GetBytes(new string(',', 100_000));
        error = await Assert.ThrowsAsync<MillraceException>(() => CsvTable.ReadAsync(new MemoryByteSource(wide), inspection, inspection.Schema));
        Assert.Equal("MR2014", error.Code.Id);
    }

    [Fact]
    public async Task A_batch_has_the_rows_asked_for_and_the_position_lets_a_reader_go_on()
    {
        byte[] bytes = Encoding.UTF8.GetBytes("a,b\n" + string.Concat(Enumerable.Range(0, 1000).Select(i => $"{i},\"{i}\n\"\n")));
        FileInspection inspection = await CsvTable.InspectAsync(bytes);
        await using var reader = new CsvReader(new MemoryByteSource(bytes), inspection, new FileReadRequest { Columns = inspection.Schema, Range = FileRange.Whole(bytes.Length), BatchRows = 300 });
        using (RecordBatch? first = await reader.ReadAsync(CancellationToken.None))
        {
            Assert.Equal(300, first!.Length);
        }

        Assert.Equal(300, reader.Position.Row);
        List<RecordBatch> rest = await CsvTable.ReadAsync(new MemoryByteSource(bytes), inspection, inspection.Schema, new FileRange(reader.Position.Offset, bytes.Length));
        using RecordBatch batch = Assert.Single(rest);
        Assert.Equal((700, 300L), (batch.Length, ((FixedColumn<long>)batch[0]).Values[0]));
    }

    [Fact]
    public async Task A_limit_ends_the_read_and_no_columns_still_count_rows()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 1000).Select(i => $"{i},x\n")));
        FileInspection inspection = await CsvTable.InspectAsync(bytes);
        foreach ((long limit, int expected) in ((long, int)[])[(long.MaxValue, 1000), (10, 10), (0, 0)])
        {
            List<RecordBatch> batches = await CsvTable.ReadAsync(new MemoryByteSource(bytes), inspection, Schema.Empty, limit: limit, batchRows: 7);
            Assert.Equal(expected, batches.Sum(b => b.Length));
            batches.ForEach(b => b.Dispose());
        }
    }

    [Fact]
    public async Task A_long_stretch_without_a_row_does_not_end_the_read()
    {
        string text = string.Concat(Enumerable.Repeat(new string('#', 999) + "\n", 10_000)) + "1,2\n";
        Assert.Equal("1|2", Show(await CsvTable.ReadTextAsync(text, Plain with { Comment = "#", Columns = ["a", "b"] })));
    }

    [Fact]
    public async Task Batches_of_wide_rows_have_fewer_rows()
    {
        const int columns = 2000, rows = 400;
        string row = string.Join(",", Enumerable.Range(0, columns).Select(i => $"{1_000_000 + i}")) + "\n";
        byte[] bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(row, rows)));
        FileInspection inspection = await CsvTable.InspectAsync(bytes, Plain);
        List<RecordBatch> batches = await CsvTable.ReadAsync(new MemoryByteSource(bytes), inspection, inspection.Schema);
        Assert.Equal((columns, rows), (inspection.Schema.Count, batches.Sum(b => b.Length)));
        Assert.All(batches, b => Assert.InRange(b.ByteSize, 1, 4 << 20));
        Assert.All(batches, b => Assert.Equal(1_000_000L + columns - 1, ((FixedColumn<long>)b[columns - 1]).Values[^1]));
        batches.ForEach(b => b.Dispose());
    }

    [Fact]
    public Task Nothing_is_leaked_when_a_row_ends_the_read() => LeakCheck.RunAsync(async () =>
    {
        byte[] bytes = Encoding.UTF8.GetBytes("a,b\n1,2\n3\n");
        FileInspection inspection = await CsvTable.InspectAsync(bytes, Plain with { Header = true });
        await Assert.ThrowsAsync<MillraceException>(() => CsvTable.ReadAsync(new MemoryByteSource(bytes), inspection, inspection.Schema));
    });

    private static string Show(string?[][] rows) => string.Join("/", rows.Select(r => string.Join("|", r.Select(c => c ?? "NULL"))));
}
