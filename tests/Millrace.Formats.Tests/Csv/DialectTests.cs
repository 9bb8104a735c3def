using System.Text;
using Millrace.Columnar;
using Millrace.Formats.Csv;

namespace Millrace.Formats.Tests.Csv;

/// <summary>Small files that are not what they should be, and the dialect that a person reads in them.</summary>
public class DialectTests
{
    /// <summary>Name and text of a file; then delimiter, quote, header and columns that are expected, and its good and bad rows.</summary>
    public static TheoryData<string, string, string, string, int, int> Files => new()
    {
        // One row of few lacks fields or has too many.
        { "t.csv", "a,b,c\n1,2,3\n4,5\n", ", \" header", "a,b,c", 1, 1 },
        { "t.csv", "a,b,c\n1,2,3\n4,5\n6,7,8,9\n", ", \" header", "a,b,c", 1, 2 },
        { "t.csv", "a,b,c\n1,2\n", ", \" header", "a,b,c", 0, 1 },
        { "t.csv", "a,b\n1,2,3\n", ", \" header", "a,b", 0, 1 },
        { "t.csv", "a,b\n1,2\n3,4,5\n6,7,8\n", ", \" header", "a,b", 1, 2 },
        { "t.csv", "id,name\n1,x\n2\n3,y,z\n4,w\n", ", \" header", "id,name", 2, 2 },
        { "t.csv", "id;name\n1;x\n2\n3;y;z\n4;w,v\n", "; \" header", "id,name", 2, 2 },
        { "t.csv", "1,2,3\n4,5\n", ", \" rows", "column1,column2,column3", 1, 1 },
        { "t.csv", "first name,last name,e-mail\nAnn,Lee,a@x\nBob\n\"Kim, J.\",Park,k@x,1\n", ", \" header", "first name,last name,e-mail", 1, 2 },
        { "t.tsv", "a\tb\tc\n1\t2\t3\n4\t5\n6,0\t7\n", "tab \" header", "a,b,c", 1, 2 },
        { "t.psv", "a|b|c\n1|2|3\n4|5,5|\n6\n", "| \" header", "a,b,c", 2, 1 },
        { "data", "a;b;c\n1;2;3\n4;5\n6;7;8;9\n", "; \" header", "a,b,c", 1, 2 },
        { "t.csv", "k,v\nx,1\ny\n\n\nz,3,3\n", ", \" header", "k,v", 1, 2 },

        // Text holds another delimiter.
        { "t.csv", "name;place\nAnn;Rome, Italy\nBob;Oslo, Norway\n", "; \" header", "name,place", 2, 0 },
        { "t.csv", "a;b;c\n1,5;2,5;3,5\n4,5;5,5\n", "; \" header", "a,b,c", 1, 1 },
        { "t.csv", "id,tags\n1,x;y;z\n2,x;y;z\n3,x;y;z;w\n", ", \" header", "id,tags", 3, 0 },
        { "t.tsv", "comment\nhello, world\nyes, no\n", "tab \" header", "comment", 2, 0 },
        { "t.tsv", "id\ttext\n1\ta,b\n2\tc,d\n3\te,f,g\n", "tab \" header", "id,text", 3, 0 },
        { "t.csv", "id,path\n1,a|b\n2,c|d\n", ", \" header", "id,path", 2, 0 },
        { "t.csv", "time,level\n10:00,a b c\n11:00,d e f\n", ", \" header", "time,level", 2, 0 },

        // An ending that promises another delimiter does not outweigh the text.
        { "t.tsv", "a,b\n1,2\n3,4\n", ", \" header", "a,b", 2, 0 },
        { "t.csv", "a\tb\n1\t2\n3\t4\n", "tab \" header", "a,b", 2, 0 },
        { "t.csv", "a|b\n1|2\n3|4\n", "| \" header", "a,b", 2, 0 },

        // Quotes that are wrong in one row do not make quotes mean nothing.
        { "t.csv", "a,b\n1,\"x\n2,y\n", ", \" header", "a,b", 0, 1 },
        { "t.csv", "a,b\n1,\"x\"\n2,\"y\"z\n3,\"w\"\n", ", \" header", "a,b", 2, 1 },
        { "t.csv", "a,b\n1,\"x\n2,\"y\"\n3,\"z\"\n", ", \" header", "a,b", 1, 1 },
        { "t.csv", "a,b\n\"1, 2\",x\n\"3\"4,y\n5,z\n", ", \" header", "a,b", 2, 1 },
        { "t.csv", "size,n\n5\" pipe,1\n7\" rod,2\n", ", \" header", "size,n", 2, 0 },
        { "t.csv", "item,size\npipe,\"1\nrod,\"2\nbar,\"3\ntap,\"4\n", ", none header", "item,size", 4, 0 },
        { "t.csv", "name,n\nO'Neil,1\n'tis,2\n'twas,3\n", ", \" header", "name,n", 3, 0 },
        { "t.csv", "a,b\n'x, y',1\n'z',2\nw\n", ", ' header", "a,b", 2, 1 },

        // A delimiter behind the last field is no field.
        { "t.csv", "a,b\n1,2,\n3,4,\n", ", \" header", "a,b", 2, 0 },
        { "t.csv", "a,b,\n1,2,\n3\n", ", \" header", "a,b", 1, 1 },

        // Titles above, one column, prose.
        { "t.csv", "Report\n\na;b;c\n1;2;3\n4;5;6\n", "; \" header", "a,b,c", 2, 0 },
        { "t.csv", "Sales,Report\na,b,c\n1,2,3\n4,5,6\n", ", \" header", "a,b,c", 2, 0 },
        { "t.csv", "name\nAnn\nBob\n", ", \" header", "name", 2, 0 },
        { "t.csv", "comment\nhello, world\nyes\nno, no, no\n", "none \" header", "comment", 3, 0 },
        { "t.csv", "Hello, world\nfoo\nbar\nx, y\n", "none \" rows", "column1", 4, 0 },
        { "t.csv", "a,b,c\n", ", \" header", "a,b,c", 0, 0 },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_small_file_is_read_as_a_person_would(string name, string text, string dialect, string columns, int good, int bad)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        var source = new MemoryByteSource(bytes, name);
        FileInspection found = await CsvTable.Format.InspectAsync(source, new CsvOptions(), CancellationToken.None);
        var options = (CsvOptions)found.Options;
        int delimiter = CsvCharacter.Parse(options.Delimiter, ',');
        string shown = $"{(delimiter == '\t' ? "tab" : CsvCharacter.Format(delimiter))} {options.Quote} {(options.Header == true ? "header" : "rows")}";
        Assert.Equal((dialect, columns), (shown, string.Join(",", found.Schema.Fields.Select(f => f.Name))));

        var errors = new CollectedErrors();
        List<RecordBatch> batches = await CsvTable.ReadAsync(source, found, found.Schema, errors: errors);
        Assert.Equal((good, bad), (batches.Sum(b => b.Length), errors.Errors.Count));
        batches.ForEach(b => b.Dispose());
    }

    [Fact]
    public async Task Given_names_tell_the_delimiter_the_header_and_the_number_of_columns()
    {
        CsvOptions named = new() { Columns = ["Id", "Net price"] };
        FileInspection found = await CsvTable.InspectAsync("id;net price\n1;2,5\n2;3,5;x\n3;4;5,5;y\n", named);
        Assert.Equal((";", true, "Id bigint, \"Net price\" double"), (Delimiter(found), ((CsvOptions)found.Options).Header == true, found.Schema.ToString()));

        // Without a header the names still say how many fields a row has.
        found = await CsvTable.InspectAsync("1,2,\n3,4,\n", new CsvOptions { Columns = ["a", "b", "c"] });
        Assert.Equal(3, found.Schema.Count);
        found = await CsvTable.InspectAsync("1,2\n3,4,5\n6,7,8\n", new CsvOptions { Columns = ["a", "b"] });
        Assert.Equal((",", 2), (Delimiter(found), found.Schema.Count));
    }

    [Theory]
    [InlineData("2024 (net),2024 (gross)\nx\ny\nz\n1,2\n", ",", true, 2)]
    [InlineData("net,gross\nx,y\nnet,z\n", ",", true, 2)]
    [InlineData("price | net,price | gross\n1 | 2,3\n4,5 | 6\n", ",", true, 2)]
    public async Task Columns_that_a_job_asks_for_tell_the_header_and_the_delimiter(string text, string delimiter, bool header, int columns)
    {
        string[] names = text[..text.IndexOf('\n', StringComparison.Ordinal)].Split(',');
        var options = (CsvOptions)new CsvOptions().Expecting([names[1].ToUpperInvariant(), "region"]);
        FileInspection found = await CsvTable.InspectAsync(text, options);
        Assert.Equal((delimiter, header, columns), (Delimiter(found), ((CsvOptions)found.Options).Header, found.Schema.Count));
        FileInspection without = await CsvTable.InspectAsync(text);
        Assert.NotEqual((delimiter, header, columns), (Delimiter(without), ((CsvOptions)without.Options).Header, without.Schema.Count));
    }

    [Fact]
    public async Task The_fields_of_bad_rows_do_not_decide_over_types()
    {
        const string text = "a,b\n1,2\nx,y,z\nw\n3,4\n";
        Assert.Equal("a bigint, b bigint", (await CsvTable.InspectAsync(text)).Schema.ToString());
        Assert.Equal("a varchar, b varchar", (await CsvTable.InspectAsync(text, new CsvOptions { LongRows = CsvLongRows.Cut })).Schema.ToString());
        Assert.Equal("a varchar, b bigint", (await CsvTable.InspectAsync(text, new CsvOptions { ShortRows = CsvShortRows.Pad })).Schema.ToString());
    }

    private static string Delimiter(FileInspection found) => CsvCharacter.Format(CsvCharacter.Parse(((CsvOptions)found.Options).Delimiter, ','));
}
