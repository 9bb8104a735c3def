using System.Diagnostics;
using System.Text;
using Millrace.Connectors.Postgres;
using Millrace.Connectors.Tests.Databases;

namespace Millrace.Connectors.Tests.Postgres;

/// <summary>Databases of other encodings than UTF-8: what they lack is found wherever it hides, and nothing else is.</summary>
[Trait("speed", "slow")]
public sealed class RepertoireTests
{
    private const string Latin1 = "ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0";

    private readonly ListedErrors _errors = new();

    [Theory]
    [InlineData("UTF8")]
    [InlineData("UNICODE")]
    [InlineData("SQL_ASCII")]
    [InlineData(null)]
    public void Of_a_database_that_takes_every_character_nothing_is_kept(string? encoding) => Assert.Null(Repertoire.Of(encoding));

    [Fact]
    public void Characters_are_found_as_they_are_and_as_escapes()
    {
        Assert.Equal(["é", "☃", "😀"], Characters("aéb☃😀z", unescapes: false));
        Assert.Equal([], Characters(@"plain \u00e9", unescapes: false));
        Assert.Equal(["é", "☃", "😀", "ü"], Characters(@"{""\u00e9"":""\n\\\u2603\uD83D\ude00\u0041ü""}", unescapes: true));
        Assert.Equal([], Characters(@"\\u00e9 \u00", unescapes: true));
        Assert.Equal(["é"], Characters(@"\ud83d\u00e9", unescapes: true));
        Assert.Equal(["é", "ü"], Characters(@"\é \\ü \", unescapes: true));
        Assert.Equal(["é"], Characters(Encoding.UTF8.GetBytes("é☃")[..4], unescapes: false));
    }

    [Theory]
    [InlineData("jsonb", "2,5")]
    [InlineData("json", "2")]
    [InlineData("text", "2")]
    public async Task An_escape_of_JSON_counts_where_the_server_makes_a_character_of_it(string type, string aside)
    {
        var table = new WrittenTable<PostgresTargetOptions>(Dialect.Postgres, $"CREATE TABLE public.t (id bigint, v {type})", Latin1);

        await table.WriteAsync(
            Request(DataType.Json),
            ["""1|{"a":"\u00e9é"}""", """2|{"a":"☃"}""", """3|{"a":"\\u2603"}""", "--", """4|"plain" """, """5|{"\ud83d\ude00":1}"""]);

        Assert.Equal(aside, string.Join(',', _errors.Ids));
        Assert.Equal($"{5 - _errors.Ids.Count()}", table.Sql("SELECT count(*) FROM public.t"));
        Assert.All(_errors.Rows, e => Assert.Equal(("MR3209", "v", "public.t"), (e.Code.Id, e.Place.Field, e.Place.Stream)));
        Assert.EndsWith("holds '☃' (U+2603), which LATIN1, the encoding of the database, lacks.", _errors.Rows[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_item_of_a_list_counts()
    {
        var table = new WrittenTable<PostgresTargetOptions>(Dialect.Postgres, "CREATE TABLE public.t (id bigint, v text[])", Latin1);

        await table.WriteAsync(Request(DataType.List(DataType.Utf8)), ["1|a,é", "2|b,☃", "3|c"]);

        Assert.Equal(["2"], _errors.Ids);
        Assert.Equal("1\n3", table.Sql("SELECT id FROM public.t ORDER BY id"));
    }

    [Theory]
    [InlineData("é", 0)]
    [InlineData("☃", 1)]
    public async Task A_name_of_a_field_counts_where_structures_become_JSON(string name, int aside)
    {
        var table = new WrittenTable<PostgresTargetOptions>(Dialect.Postgres, "CREATE TABLE public.t (id bigint, v jsonb)", Latin1);
        var type = DataType.Struct([new Field(name, DataType.Int64)]);
        SinkRequest request = Request(type);

        await table.WriteBatchAsync(request, () =>
        {
            using var ids = new FixedBuilder<long>(DataType.Int64, 1);
            using var values = new FixedBuilder<long>(DataType.Int64, 1);
            ids.Append(1);
            values.Append(7);
            return new RecordBatch(request.Schema, 1, [ids.Build(), new StructColumn(type, 1, [values.Build()])]);
        });

        Assert.Equal(aside, _errors.Rows.Count);
        Assert.Equal($"{1 - aside}", table.Sql("SELECT count(*) FROM public.t"));
    }

    [Theory]
    [InlineData("EUC_JP")]
    [InlineData("WIN1252")]
    public async Task What_is_set_aside_of_thousands_of_characters_is_what_the_server_itself_cannot_convert(string encoding)
    {
        var table = new WrittenTable<PostgresTargetOptions>(Dialect.Postgres, "CREATE TABLE public.t (id bigint, v text)", $"ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0");
        string[] rows = [.. Enumerable.Range(0x80, 0x600).Concat(Enumerable.Range(0x2000, 0x400)).Concat(Enumerable.Range(0x4e00, 0x800)).Select(c => $"{c}|x{(char)c}")];

        await table.WriteAsync(Request(DataType.Utf8), [.. rows[..3000], "--", .. rows[3000..]], rows);

        table.Sql(
            "CREATE FUNCTION lacks(c int) RETURNS bool LANGUAGE plpgsql AS $$ BEGIN PERFORM convert(convert_to(' ', 'UTF8') || CASE WHEN c < 2048 THEN set_byte(set_byte('\\x0000', 0, 192 + c / 64), 1, 128 + c % 64) "
            + "ELSE set_byte(set_byte(set_byte('\\x000000', 0, 224 + c / 4096), 1, 128 + c / 64 % 64), 2, 128 + c % 64) END, 'UTF8', getdatabaseencoding()); RETURN false; "
            + "EXCEPTION WHEN untranslatable_character THEN RETURN true; END $$");
        string[] lacking = table.Sql("SELECT c FROM (SELECT generate_series(128, 128 + 1535) UNION ALL SELECT generate_series(8192, 8192 + 1023) UNION ALL SELECT generate_series(19968, 19968 + 2047)) s(c) WHERE lacks(c) ORDER BY c").Split('\n');
        Assert.InRange(lacking.Length, 500, rows.Length - 100);
        Assert.Equal([.. lacking, .. lacking], _errors.Ids);
        Assert.Equal($"{2 * (rows.Length - lacking.Length)}", table.Sql("SELECT count(*) FROM public.t"));
    }

    [Fact]
    public async Task Thousands_of_characters_that_all_are_lacking_take_few_round_trips()
    {
        var table = new WrittenTable<PostgresTargetOptions>(Dialect.Postgres, "CREATE TABLE public.t (id bigint, v text)", Latin1);
        string[] rows = [.. Enumerable.Range(0x4e00, 5000).Select(c => $"{c}|{(char)c}"), "1|é"];

        int trips = await RoundTripsAsync(() => table.WriteAsync(Request(DataType.Utf8), rows));

        Assert.Equal(rows.Length - 1, _errors.Rows.Count);
        Assert.Equal("1", table.Sql("SELECT id FROM public.t WHERE ascii(v) = 233"));
        Assert.InRange(trips, 1, 60);
    }

    [Fact]
    public async Task A_column_that_is_not_written_is_not_asked_about()
    {
        var table = new WrittenTable<PostgresTargetOptions>(Dialect.Postgres, "CREATE TABLE public.t (id bigint, v text)", Latin1);
        Schema schema = WrittenTable<PostgresTargetOptions>.SchemaOf(("id", DataType.Int64), (ChangeColumns.Op, DataType.Utf8), ("v", DataType.Utf8), (ChangeColumns.Position, DataType.Utf8));
        SinkRequest request = Request(DataType.Utf8) with { Schema = schema, Mode = WriteMode.Merge, Key = ["id"] };
        await table.WriteAsync(request, ["1|I|a|b"]);

        int plain = await RoundTripsAsync(() => table.WriteAsync(request, ["1|I|a|b"]));
        int foreign = await RoundTripsAsync(() => table.WriteAsync(request, ["1|I|a|☃"]));

        Assert.Equal(plain, foreign);
        Assert.Empty(_errors.Rows);
    }

    // Statements, or batches of them, that the client library sends one after the other.
    private static async Task<int> RoundTripsAsync(Func<Task> act)
    {
        int trips = 0;
        using var own = new Activity("round trips");
        own.SetIdFormat(ActivityIdFormat.W3C).Start();
        ActivityTraceId trace = own.TraceId;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = stopped => Interlocked.Add(ref trips, stopped.TraceId == trace ? 1 : 0),
        };
        ActivitySource.AddActivityListener(listener);
        await act();
        return trips;
    }

    private static List<string> Characters(string text, bool unescapes) => Characters(Encoding.UTF8.GetBytes(text), unescapes);

    private static List<string> Characters(byte[] text, bool unescapes)
    {
        var found = new List<string>();
        var characters = new ForeignCharacters(text, unescapes);
        while (characters.MoveNext())
        {
            found.Add(characters.Current.ToString());
        }

        return found;
    }

    private SinkRequest Request(DataType type)
        => new() { Schema = WrittenTable<PostgresTargetOptions>.SchemaOf(("id", DataType.Int64), ("v", type)), RunId = "", Errors = _errors };
}
