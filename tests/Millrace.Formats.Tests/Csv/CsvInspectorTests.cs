using System.Text;
using Millrace.Columnar;
using Millrace.Formats.Csv;

namespace Millrace.Formats.Tests.Csv;

public class CsvInspectorTests
{
    [Theory]
    [InlineData("a,b\n1,x\n2,y\n", "comma", true, "a bigint, b varchar")]
    [InlineData("a;b\r\n1,5;x\r\n2,25;y\r\n", "semicolon", true, "a double, b varchar")]
    [InlineData("a\tb\n1\tx, and y\n2\tz\n", "tab", true, "a bigint, b varchar")]
    [InlineData("1|2|3\n4|5|6\n", "pipe", false, "column1 bigint, column2 bigint, column3 bigint")]
    [InlineData("name,city\nAnn,Rome\nBob,Oslo\n", "comma", true, "name varchar, city varchar")]
    [InlineData("Ann,Rome\nBob,Oslo\nAnn,Bern\n", "comma", false, "column1 varchar, column2 varchar")]
    [InlineData("a,b\n\"x, y\",1\n\"line\nbreak\",2\n", "comma", true, "a varchar, b bigint")]
    [InlineData("id,,id\n1,2,3\n", "comma", true, "id bigint, column2 bigint, id_2 bigint")]
    [InlineData("a,b,\n1,2,\n3,4,\n", "comma", true, "a bigint, b bigint")]
    [InlineData("one\n1\n2\n", "comma", true, "one bigint")]
    [InlineData("The quick fox, the dog\nAnd then nothing\nWho, what, when\nSo be it\n", "none", false, "column1 varchar")]
    public async Task Delimiter_header_and_types_are_found(string text, string delimiter, bool header, string schema)
    {
        FileInspection found = await CsvTable.InspectAsync(text);
        var options = (CsvOptions)found.Options;
        Assert.Equal((delimiter, header, schema), (options.Delimiter, options.Header, found.Schema.ToString()));
    }

    [Theory]
    [InlineData("true,FALSE,", "boolean")]
    [InlineData("1,-20,9223372036854775807", "bigint")]
    [InlineData("1,9223372036854775808", "decimal(38, 0)")]
    [InlineData("1,2.5,1e10", "double")]
    [InlineData("0.1234567890123456789", "decimal(38, 19)")]
    [InlineData("1e3,0.12345678901234567890", "varchar")]
    [InlineData("1e3,0.30000000000000004", "double")]
    [InlineData("0.1234567890123456789012345678901234567890", "varchar")]
    [InlineData("1e999,1", "varchar")]
    [InlineData("007,008", "varchar")]
    [InlineData("+49123,+49124", "varchar")]
    [InlineData("2024-02-29,1999-12-31", "date")]
    [InlineData("2024-02-30", "varchar")]
    [InlineData("12:30:00,23:59:59.5", "time")]
    [InlineData("2024-02-29,2024-02-29T12:00:00", "timestamp")]
    [InlineData("2024-02-29 12:00:00Z,2024-02-29T12:00:00+02:00", "timestamptz")]
    [InlineData("2024-02-29 12:00:00Z,2024-02-29T12:00:00", "varchar")]
    [InlineData("2024-02-29 12:00:00.123456789", "timestamp(9)")]
    [InlineData("31.12.2024,01.02.2024", "date")]
    [InlineData("31/12/2024 10:00,01/02/2024 11:30", "timestamp")]
    [InlineData("01/02/2024,03/04/2024", "varchar")]
    [InlineData("nan,inf", "varchar")]
    [InlineData("nan,1", "double")]
    [InlineData(",,", "varchar")]
    [InlineData("abc,1", "varchar")]
    public async Task The_narrowest_type_that_holds_all_values_is_chosen(string values, string type)
    {
        string rows = string.Concat(values.Split(',').Select(v => $"{v}|x\n"));
        FileInspection found = await CsvTable.InspectAsync("v|w\n" + rows, new CsvOptions { Header = true });
        Assert.Equal(DataType.Parse(type), found.Schema[0].Type);
        Assert.True(found.IsInferred);
    }

    [Fact]
    public async Task Byte_order_marks_and_utf16_are_told_by_the_first_bytes()
    {
        const string text = "größe;wert\nä;1\n";
        foreach (Encoding encoding in (Encoding[])[new UTF8Encoding(true), new UnicodeEncoding(false, true), new UnicodeEncoding(true, true)])
        {
            byte[] bytes = [.. encoding.GetPreamble(), .. encoding.GetBytes(text)];
            FileInspection found = await CsvTable.InspectAsync(bytes);
            Assert.Equal("größe varchar, wert bigint", found.Schema.ToString().Replace("\"", "", StringComparison.Ordinal));
            List<RecordBatch> batches = await CsvTable.ReadAsync(new MemoryByteSource(bytes), found, found.Schema);
            using RecordBatch batch = Assert.Single(batches);
            Assert.Equal("ä", ((BinaryColumn)batch[0]).GetString(0));
        }
    }

    [Fact]
    public async Task Lines_above_the_table_are_passed_over_when_it_has_a_header()
    {
        FileInspection found = await CsvTable.InspectAsync("Sales, 2024\nby hand\n\nid,name,price\n1,a,2.5\n2,b,3.5\n");
        Assert.Equal((3, "id bigint, name varchar, price double"), (((CsvOptions)found.Options).SkipRows, found.Schema.ToString()));
        FileInspection without = await CsvTable.InspectAsync("9,9\n1,a,2.5\n2,b,3.5\n");
        Assert.Equal(0, ((CsvOptions)without.Options).SkipRows);
    }

    [Fact]
    public async Task Quotes_that_never_close_mean_nothing()
    {
        string text = "item,size\n" + string.Concat(Enumerable.Range(0, 20).Select(i => $"pipe,\"{i}\nrod,{i}\n"));
        FileInspection found = await CsvTable.InspectAsync(text);
        Assert.Equal(("none", 2), (((CsvOptions)found.Options).Quote, found.Schema.Count));
    }

    [Fact]
    public async Task Spaces_around_numbers_mean_nothing_and_a_blank_number_is_null()
    {
        const string text = "a, b\n1, 2.5\n 3,  \n";
        FileInspection found = await CsvTable.InspectAsync(text);
        Assert.Equal("a bigint, b double", found.Schema.ToString());
        using RecordBatch batch = Assert.Single(await CsvTable.ReadAsync(new MemoryByteSource(Encoding.UTF8.GetBytes(text)), found, found.Schema));
        Assert.Equal([1, 3], ((FixedColumn<long>)batch[0]).Values.ToArray());
        Assert.Equal((2.5, true), (((FixedColumn<double>)batch[1]).Values[0], batch[1].IsNull(1)));
    }

    [Fact]
    public async Task A_column_of_nulls_says_that_its_type_is_a_guess()
    {
        FileInspection found = await CsvTable.InspectAsync("a,b\n1,\n2,\n", new CsvOptions { TrailingDelimiter = false });
        Assert.True(found.Schema[1].Metadata.ContainsKey(FieldMetadata.Unseen));
        Assert.False(found.Schema[0].Metadata.ContainsKey(FieldMetadata.Unseen));
    }

    [Fact]
    public async Task An_empty_file_has_no_columns_and_no_rows()
    {
        FileInspection found = await CsvTable.InspectAsync("");
        Assert.Equal(0, found.Schema.Count);
        Assert.Empty(await CsvTable.ReadAsync(new MemoryByteSource(default), found, found.Schema));
    }

    [Fact]
    public async Task Given_names_replace_those_of_the_header_and_must_be_as_many()
    {
        FileInspection found = await CsvTable.InspectAsync("a,b\n1,2\n", new CsvOptions { Columns = ["x", "y"] });
        Assert.Equal("x bigint, y bigint", found.Schema.ToString());
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => CsvTable.InspectAsync("a,b\n1,2\n", new CsvOptions { Columns = ["x"] }));
        Assert.Equal("MR2015", error.Code.Id);
    }

    [Fact]
    public async Task Options_that_exclude_each_other_are_refused()
    {
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => CsvTable.InspectAsync("a,b\n", new CsvOptions { Delimiter = ";", Quote = ";" }));
        Assert.Equal("MR2016", error.Code.Id);
    }

    [Fact]
    public async Task Backslash_escapes_and_single_quotes_are_found()
    {
        FileInspection backslash = await CsvTable.InspectAsync("a,b\n\"x \\\" , y\",1\n\"z\\\", \",2\n");
        Assert.Equal("\\", ((CsvOptions)backslash.Options).Escape);
        Assert.Equal(2, backslash.Schema.Count);
        FileInspection single = await CsvTable.InspectAsync("a,b\n'x, y',1\n'z, ',2\n");
        Assert.Equal("'", ((CsvOptions)single.Options).Quote);
        FileInspection apostrophe = await CsvTable.InspectAsync("a,b\nit's,1\nthat's,2\n");
        Assert.Equal("\"", ((CsvOptions)apostrophe.Options).Quote);
    }
}
