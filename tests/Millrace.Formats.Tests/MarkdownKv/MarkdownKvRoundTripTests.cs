using System.Text;
using Millrace.Columnar;
using Millrace.Formats.MarkdownKv;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.MarkdownKv;

/// <summary>What is written is read back, whatever it looks like.</summary>
public class MarkdownKvRoundTripTests
{
    private static readonly string[] Pieces =
    [
        "a", "key", "::", ":: ", " :: ", ":", " ", "  ", "\t", "\n", "\n\n", "\n  ", "\n#", "# ", "#", "## x", "\"", "\\", "\\\"", "---", "---\n", "```", "~~~", "<!--", "<!-- document -->",
        "\n<!-- document \"x\" -->\n", "\\<!-- document -->", "-->", "null", "true", "12", "-0.5", "[1,2]", "{\"a\":1}", "\"x\"", "\\\"x\"", "é中😀", "\r", "\r\n", "\0", "\u001f", "- ", "/", "\\/", ">",
    ];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Rows_a_key(int seed)
    {
        using var leaks = new LeakCheck();
        var random = new Random(seed);
        Schema schema = new Schema(DataType.Parse("struct<doc_id varchar, section varchar, key varchar, value varchar, value_json json, ord integer, extracted_at timestamptz>").Children);
        var rows = new List<object?[]>();
        for (int document = 0; document < 6; document++)
        {
            string id = $"{document}{Text(random)}";
            string? section = null;
            var names = new HashSet<string>();
            for (int i = 1; i <= random.Next(1, 8); i++)
            {
                section = section is null && random.Next(3) > 0 ? null : random.Next(2) == 0 ? section ?? "" : Path(random);
                bool isProse = section is not null && random.Next(4) == 0;
                string key = Text(random);
                if (section is null && !names.Add(key))
                {
                    section = "";
                }

                (string? value, string? json) = isProse || random.Next(3) > 0 ? (Text(random), null) : Json(random);
                rows.Add([id, section, isProse ? null : key, value, section is null && json is ['"', ..] ? null : json, i, 1_769_846_400_000_000 + document]);
            }
        }

        using RecordBatch first = Batch(schema, rows[..(rows.Count / 2)]);
        using RecordBatch second = Batch(schema, rows[(rows.Count / 2)..]);
        MarkdownKvOptions options = MarkdownFiles.Options(MarkdownKvLayout.Keys) with { Compression = seed % 4 == 0 ? "gzip" : "none" };
        byte[] file = await MarkdownFiles.WriteAsync(options, [first, second]);
        await SameAsync([first, second], file, options, schema, seed);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Text_of_documents(int seed)
    {
        using var leaks = new LeakCheck();
        var random = new Random(seed);
        Schema schema = new Schema(DataType.Parse("struct<doc_id varchar, content varchar, extracted_at timestamptz>").Children);
        List<object?[]> rows = [.. Enumerable.Range(0, 12).Select(i => new object?[] { Text(random), Text(random) + Text(random) + Text(random), 1_769_846_400_000_000 + i })];
        using RecordBatch batch = Batch(schema, rows);
        MarkdownKvOptions options = MarkdownFiles.Options(MarkdownKvLayout.Text);
        byte[] file = await MarkdownFiles.WriteAsync(options, [batch]);
        await SameAsync([batch], file, options, schema, seed);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Nested_documents(int seed)
    {
        using var leaks = new LeakCheck();
        var random = new Random(seed);
        Schema schema = new Schema(DataType.Parse("struct<doc_id varchar, document json, extracted_at timestamptz>").Children);
        List<object?[]> rows = [.. Enumerable.Range(0, 8).Select(i => new object?[] { Text(random), Nested(random, 0), 1_769_846_400_000_000 + i })];
        using RecordBatch batch = Batch(schema, rows);
        MarkdownKvOptions options = MarkdownFiles.Options(MarkdownKvLayout.Document);
        byte[] file = await MarkdownFiles.WriteAsync(options, [batch]);
        await SameAsync([batch], file, options, schema, seed);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Any_table(int seed)
    {
        using var leaks = new LeakCheck();
        var random = new RandomBatches(seed, new RandomOptions { Types = [.. Enum.GetValues<TypeId>().Where(t => t is not (TypeId.Json or TypeId.Dictionary))], Sliced = seed % 2 == 0 });
        Schema schema = random.Schema(5);
        using RecordBatch first = random.Batch(schema, 20);
        using RecordBatch second = random.Batch(schema, 3);
        MarkdownKvOptions options = MarkdownFiles.Options(MarkdownKvLayout.Table) with { WriteNulls = seed % 3 == 0 };
        byte[] file = await MarkdownFiles.WriteAsync(options, [first, second]);
        await SameAsync([first, second], file, options, schema, seed);
    }

    [Fact]
    public async Task The_names_of_columns_tell_the_layout()
    {
        string[] schemas = ["id bigint", "doc_id varchar, key varchar, value varchar", "doc_id varchar, content varchar", "doc_id varchar, document json"];
        string[] found = new string[schemas.Length];
        for (int i = 0; i < schemas.Length; i++)
        {
            Schema schema = new Schema(DataType.Parse($"struct<{schemas[i]}>").Children);
            using RecordBatch batch = Batch(schema, [[.. schema.Fields.Select(f => (object?)(f.Type.Id == TypeId.Int64 ? 7L : f.Type.Id == TypeId.Json ? "{\"a\":1}" : f.Name))]]);
            found[i] = Encoding.UTF8.GetString(await MarkdownFiles.WriteAsync(new MarkdownKvOptions(), [batch]));
        }

        Assert.Equal(["id:: 7\n", "<!-- document \"doc_id\" -->\nkey:: value\n", "<!-- document \"doc_id\" -->\ncontent", "<!-- document \"doc_id\" -->\na:: 1\n"], found);
    }

    [Fact]
    public async Task A_layout_without_its_columns_is_refused()
    {
        using RecordBatch batch = Batch(new Schema(new Field("keys", DataType.Utf8)), [["x"]]);
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => MarkdownFiles.WriteAsync(new MarkdownKvOptions { Layout = MarkdownKvLayout.Keys }, [batch]));
        Assert.Equal("MR2504", e.Code.Id);
        Assert.Contains("did you mean", e.Message, StringComparison.OrdinalIgnoreCase);
    }

    private static async Task SameAsync(IReadOnlyList<RecordBatch> expected, byte[] file, MarkdownKvOptions options, Schema schema, int seed)
    {
        List<RecordBatch> read = await MarkdownFiles.ReadBatchesAsync(file, options, chunk: seed % 3 == 0 ? 13 : 0, schema: schema);
        try
        {
            BatchAssert.EqualRows(expected, read);
        }
        finally
        {
            read.ForEach(b => b.Dispose());
        }
    }

    private static string Text(Random random)
        => string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ => Pieces[random.Next(Pieces.Length)]));

    private static string Path(Random random)
    {
        string path = string.Join('/', Enumerable.Range(0, random.Next(1, 5)).Select(_ => Text(random).Replace("\\", "\\\\").Replace("/", "\\/")));
        return path;
    }

    private static (string? Value, string? Json) Json(Random random) => random.Next(4) switch
    {
        0 => (null, null),
        1 => Text(random) is var text ? (text, Quote(text)) : default,
        2 => ("12.50", "12.50"),
        _ => $"{{\"a\":{Quote(Text(random))},\"b\":[1,2]}}" is var json ? (json, json) : default,
    };

    private static string Nested(Random random, int level)
    {
        var members = new List<string>();
        if (level > 0)
        {
            members.Add($"\"title\":{Quote(Text(random))}");
        }
        else if (random.Next(2) == 0)
        {
            members.Add($"\"front_matter\":{Fields(random)}");
        }

        if (random.Next(3) > 0)
        {
            members.Add($"\"fields\":{Fields(random)}");
        }

        if (random.Next(3) == 0)
        {
            members.Add($"\"text\":{Quote("x" + Text(random).Replace("\n\n", "") + "y")}");
        }

        int sections = level < 5 ? random.Next(3) : 0;
        if (sections > 0)
        {
            members.Add($"\"sections\":[{string.Join(',', Enumerable.Range(0, sections).Select(_ => Nested(random, level + 1)))}]");
        }

        return $"{{{string.Join(',', members)}}}";
    }

    private static string Fields(Random random)
    {
        string[] names = [.. Enumerable.Range(0, random.Next(1, 4)).Select(i => $"{i}{Text(random)}")];
        return $"{{{string.Join(',', names.Select(n => $"{Quote(n)}:{(random.Next(3) == 0 ? "[1,{\"a\":null}]" : Quote(Text(random)))}"))}}}";
    }

    // As the library quotes, so that equal documents are equal texts.
    private static string Quote(string text) => Encoding.UTF8.GetString(JsonString.Quote(text));

    private static RecordBatch Batch(Schema schema, IReadOnlyList<object?[]> rows)
    {
        var columns = new Column[schema.Count];
        for (int i = 0; i < columns.Length; i++)
        {
            using ColumnBuilder builder = ColumnBuilder.Create(schema[i].Type, rows.Count);
            foreach (object?[] row in rows)
            {
                switch (row[i])
                {
                    case null: builder.AppendNull(); break;
                    case string text: ((BinaryBuilder)builder).Append(text); break;
                    case int number: ((FixedBuilder<int>)builder).Append(number); break;
                    default: ((FixedBuilder<long>)builder).Append(Convert.ToInt64(row[i])); break;
                }
            }

            columns[i] = builder.Build();
        }

        return new RecordBatch(schema, rows.Count, columns);
    }
}
